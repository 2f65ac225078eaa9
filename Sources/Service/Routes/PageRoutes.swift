import Hummingbird

/// The pages and their files.
struct PageRoutes: Sendable {
  let pages: Pages
  let assets: Assets

  func add(to router: Router<ServiceContext>) {
    router.get("/") { request, _ in try pages.response("landing", request: request) }
    router.get("borger") { request, _ in try pages.response("borger", request: request) }
    router.get("assets/{name}") { request, context in
      try assets.response(try context.parameter("name"), request: request)
    }
    router.get("assets/texts/{name}") { request, context in
      try assets.response("texts/\(try context.parameter("name"))", request: request)
    }
  }
}
