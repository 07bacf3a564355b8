/// What `NOTIFY channel, 'payload'` sent.
public struct PostgresNotification: Hashable, Sendable {
    public let channel: String
    /// Empty when none was given.
    public let payload: String
    /// The process id of the backend that sent it.
    public let backendID: Int32

    package init(channel: String, payload: String, backendID: Int32) {
        self.channel = channel
        self.payload = payload
        self.backendID = backendID
    }
}
