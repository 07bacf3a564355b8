internal import NIOCore

extension ReviewSite {
    /// The site cannot listen on its address.
    public struct Unavailable: Error, Sendable, CustomStringConvertible {
        public let description: String

        init(_ configuration: Configuration, _ cause: IOError) {
            let place = "\(configuration.host):\(configuration.port)"
            description =
                switch cause.errnoCode {
                case 98: "The review site cannot listen on \(place): another program does. End that one, or choose another --listen."
                case 13: "The review site may not listen on \(place). Choose a port from 1024 on, and let a proxy have the other."
                case 99: "The review site cannot listen on \(place): this machine has no such address. Choose another --listen."
                default: "The review site cannot listen on \(place): \(cause)."
                }
        }
    }
}
