public import Wire

// What the control channel carries is never for a log: offers and answers hold people's addresses and
// ICE passwords, a session's id lets its holder leave or restart, and TURN credentials let media in.

extension JoinRequest: Redacted {}
extension JoinAnswer: Redacted {}
extension ICEServer: Redacted {}
extension RelayCommand: Redacted {}
