import AsyncHTTPClient
import NIOCore
import NIOPosix
import SystemPackage

extension S3Failure {
    /// Turns the HTTP client's errors into failures.
    init(_ error: any Error, connectPatience: Duration) {
        switch error {
        case let error as S3Failure: self = error
        case let error as StorageError: self = .local(error)
        case is CancellationError: self = .stopped
        case let error as HTTPClientError:
            switch error {
            case .cancelled: self = .stopped
            case .connectTimeout: self = .broken("no connection came about within \(connectPatience)")
            case .readTimeout, .deadlineExceeded, .writeTimeout, .getConnectionFromPoolTimeout: self = .broken("it did not answer in time")
            case .remoteConnectionClosed: self = .broken("it closed the connection in the middle")
            // The whole description may quote headers, and they hold credentials.
            default: self = .broken(error.shortDescription)
            }
        case is NIOTooManyBytesError: self = .broken("it sent more than was asked for")
        case let error as NIOConnectionError: self = .broken(Self.words(error))
        case let error as IOError: self = .broken("the connection broke (\(Errno(rawValue: error.errnoCode)))")
        case let error as ChannelError where error == .connectTimeout(TimeAmount(connectPatience)):
            self = .broken("no connection came about within \(connectPatience)")
        default: self = .broken("\(error)")
        }
    }

    private static func words(_ error: NIOConnectionError) -> String {
        if let cause = error.connectionErrors.compactMap({ $0.error as? IOError }).first {
            return "no connection to \(error.host):\(error.port) (\(Errno(rawValue: cause.errnoCode)))"
        }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "the name \(error.host) leads to no address" }
        return "no connection to \(error.host):\(error.port)"
    }
}
