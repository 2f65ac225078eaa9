import HTTPTypes
import Hummingbird
import Store
import Visits

/// Equipment and who has it (F8, E22), and going to a citizen's home when it does not work (F6).
struct EquipmentRoutes: Sendable {
  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("equipment", use: list)
    group.post("equipment", use: create)
    group.post("equipment/{equipment}/lend", use: lend)
    group.post("equipment/{equipment}/check", use: check)
    group.post("equipment/{equipment}/retire", use: retire)
    group.get("home-orders", use: orders)
    group.get("citizens/{citizen}/home-orders", use: ordersOfCitizen)
    group.post("citizens/{citizen}/home-orders", use: order)
    group.post("home-orders/{order}/plan", use: plan)
    group.post("home-orders/{order}/finish", use: finish)
    group.post("home-orders/{order}/cancel", use: cancel)
  }

  private struct NewEquipment: Decodable {
    var kind: String
    var label: String
    var serial: String?
  }

  private struct Lending: Decodable {
    var personId: String
  }

  private struct CheckBody: Decodable {
    var condition: String
    var note: String?
    var isBack: Bool?
  }

  private struct NewOrder: Decodable {
    var fault: String
    var text: String
    var visitId: String?
    var bring: [String]?
  }

  private struct Planning: Decodable {
    var assigneeId: String?
    var at: APITime
  }

  private struct Finding: Decodable {
    var result: String
    var finding: String?
  }

  // MARK: Equipment

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let pieces = try await store.records(
      Equipment.self, tenant: caller.tenant, of: nil, openOnly: true)
    return try ServiceJSON.response([
      "equipment": pieces.sorted { ($0.label, $0.id.rawValue) < ($1.label, $1.id.rawValue) }
        .map { EquipmentDocument($0, at: caller.askedAt) }
    ])
  }

  @Sendable private func create(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let body = try await request.json(NewEquipment.self, context: context)
    let kind: Equipment.Kind = try RequestText.choice(body.kind, field: "kind")
    let id = EquipmentID.random()
    let piece = try await store.change(
      Equipment.self, id.rawValue, tenant: caller.tenant, action: "equipment.add",
      by: caller.initiator, at: caller.askedAt
    ) { _ in
      try Equipment(
        id: id, tenant: caller.tenant, kind: kind, label: body.label, serial: body.serial,
        by: caller.initiator, at: caller.askedAt)
    }
    return try ServiceJSON.response(
      EquipmentDocument(piece, at: caller.askedAt), status: .created)
  }

  @Sendable private func lend(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Lending.self, context: context)
    let caller = try staff(context)
    let person = try await store.person(
      PersonID(rawValue: body.personId), tenant: caller.tenant)
    if person.role == .citizen {
      try await store.access(.contact, .write, of: person.id, by: caller)
    }
    return try await change("equipment.lend", context) { piece, caller in
      try piece.lent(to: person.id, by: caller.initiator, at: caller.askedAt)
    }
  }

  @Sendable private func check(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(CheckBody.self, context: context)
    let condition: Equipment.Condition = try RequestText.choice(
      body.condition, field: "condition")
    return try await change("equipment.check", context) { piece, caller in
      try piece.checked(
        condition, note: body.note, isBack: body.isBack ?? false, by: caller.initiator,
        at: caller.askedAt)
    }
  }

  @Sendable private func retire(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await change("equipment.retire", context) { piece, caller in
      try piece.retired(by: caller.initiator, at: caller.askedAt)
    }
  }

  private func change(
    _ action: String, _ context: ServiceContext,
    _ rule: @escaping @Sendable (Equipment, Caller) throws -> Equipment
  ) async throws -> Response {
    let caller = try staff(context)
    let id = try context.parameter("equipment")
    // What a citizen has at home is part of what is known about them.
    if let holder = try await store.record(Equipment.self, id, tenant: caller.tenant)?.holder {
      try await store.requireWriting(about: holder, .contact, by: caller)
    }
    let piece = try await store.change(
      Equipment.self, id, tenant: caller.tenant, action: action,
      by: caller.initiator, at: caller.askedAt
    ) { before in
      guard let before else { throw StoreError.notFound }
      return try rule(before, caller)
    }
    return try ServiceJSON.response(EquipmentDocument(piece, at: caller.askedAt))
  }

  private func staff(_ context: ServiceContext) throws -> Caller {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    return caller
  }

  // MARK: Going there

  /// Open orders: those of the caller's citizens and those the caller goes to; all for operations.
  @Sendable private func orders(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let all = try await store.records(
      HomeVisitOrder.self, tenant: caller.tenant, of: nil, openOnly: true)
    let near = Set(
      try await store.people(
        around: caller.initiator, tenant: caller.tenant, role: .citizen, at: caller.askedAt
      ).map(\.id))
    let shown = all.filter { near.contains($0.citizen) || $0.assignee == caller.id }
    return try ServiceJSON.response(["orders": shown.map { HomeOrderDocument($0) }])
  }

  @Sendable private func ordersOfCitizen(
    _ request: Request, _ context: ServiceContext
  ) async throws -> Response {
    let citizen = try await store.citizen(context, .contact)
    let orders = try await store.records(
      HomeVisitOrder.self, tenant: context.requireCaller().tenant, of: citizen, openOnly: false)
    return try ServiceJSON.response(["orders": orders.map { HomeOrderDocument($0) }])
  }

  @Sendable private func order(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(NewOrder.self, context: context)
    let caller = try staff(context)
    let citizen = try await store.citizen(context, .contact, .write)
    let fault: FaultKind = try RequestText.choice(body.fault, field: "fault")
    let visit = try await store.visit(body.visitId, of: citizen, tenant: caller.tenant)
    let id = HomeOrderID.random()
    let made = try await store.change(
      HomeVisitOrder.self, id.rawValue, tenant: caller.tenant, action: "home-order.add",
      by: caller.initiator, at: caller.askedAt
    ) { _ in
      try HomeVisitOrder(
        id: id, tenant: caller.tenant, citizen: citizen, fault: fault, text: body.text,
        visit: visit, bring: body.bring ?? [], by: caller.initiator, at: caller.askedAt)
    }
    return try ServiceJSON.response(HomeOrderDocument(made), status: .created)
  }

  @Sendable private func plan(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Planning.self, context: context)
    let caller = try staff(context)
    let assignee = try await store.person(
      PersonID(rawValue: body.assigneeId ?? caller.id.rawValue), tenant: caller.tenant)
    guard assignee.role.isStaff else { throw Problem(.notAllowed) }
    return try await change(order: "home-order.plan", context) { order, caller in
      try order.planned(
        for: assignee.id, at: body.at.value, by: caller.initiator, at: caller.askedAt)
    }
  }

  @Sendable private func finish(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Finding.self, context: context)
    let result: HomeVisitOrder.Result = try RequestText.choice(body.result, field: "result")
    return try await change(order: "home-order.finish", context) { order, caller in
      try order.finished(
        result, finding: body.finding, by: caller.initiator, at: caller.askedAt)
    }
  }

  @Sendable private func cancel(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await change(order: "home-order.cancel", context) { order, caller in
      try order.cancelled(by: caller.initiator, at: caller.askedAt)
    }
  }

  /// Changes the order in the path, for whoever may touch its citizen's equipment or goes there.
  private func change(
    order action: String, _ context: ServiceContext,
    _ rule: @escaping @Sendable (HomeVisitOrder, Caller) throws -> HomeVisitOrder
  ) async throws -> Response {
    let caller = try staff(context)
    let id = try context.parameter("order")
    guard
      let order = try await store.record(HomeVisitOrder.self, id, tenant: caller.tenant)
    else { throw Problem(.notFound) }
    if order.assignee != caller.id {
      try await store.access(.contact, .write, of: order.citizen, by: caller)
    }
    let changed = try await store.change(
      HomeVisitOrder.self, id, tenant: caller.tenant, action: action, by: caller.initiator,
      at: caller.askedAt
    ) { before in
      guard let before else { throw StoreError.notFound }
      return try rule(before, caller)
    }
    return try ServiceJSON.response(HomeOrderDocument(changed))
  }
}
