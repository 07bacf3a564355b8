import CLibpq
import ForeignText
import Logging

/// A connection of libpq, with the protocol's single steps. No step blocks. The caller waits between them: ``PostgresConnection``
/// asynchronously, ``BlockingConnection`` on its thread.
///
/// Not Sendable: libpq forbids two threads on one connection.
@safe final class LibpqHandle {
    let connection: OpaquePointer
    private let notices: NoticeSink
    /// Whether the server's sessions are not this connection's own (``PostgresConnection/isPooled``).
    var isPooled = false

    /// Takes ownership of the connection.
    init(owning connection: OpaquePointer, logger: Logger) {
        unsafe self.connection = unsafe connection
        self.notices = NoticeSink(logger: logger)
        // The sink outlives the connection: both belong to this object, and `deinit` finishes the connection first.
        unsafe PQsetNoticeReceiver(
            connection, { context, result in unsafe NoticeSink.receive(context, result) }, Unmanaged.passUnretained(notices).toOpaque())
    }

    deinit {
        unsafe PQfinish(connection)
    }

    /// The socket, or nil when the connection has none (any more).
    var socket: Int32? {
        let descriptor = unsafe PQsocket(connection)
        return descriptor >= 0 ? descriptor : nil
    }

    var isBroken: Bool {
        unsafe PQstatus(connection) == CONNECTION_BAD || notices.hasFarewell || notices.isOutOfStep
    }

    var usesTLS: Bool {
        unsafe PQsslInUse(connection) != 0
    }

    /// The process id of the server's backend.
    var backendID: Int32 {
        unsafe PQbackendPID(connection)
    }

    /// The server's version, for example 150014 for 15.14.
    var serverVersion: Int {
        Int(unsafe PQserverVersion(connection))
    }

    func parameter(_ name: String) -> String? {
        unsafe PQparameterStatus(connection, name).map { unsafe String(cString: $0) }
    }

    enum TransactionStatus {
        case idle, active, inTransaction, inFailedTransaction, unknown
    }

    var transactionStatus: TransactionStatus {
        switch unsafe PQtransactionStatus(connection) {
        case PQTRANS_IDLE: .idle
        case PQTRANS_ACTIVE: .active
        case PQTRANS_INTRANS: .inTransaction
        case PQTRANS_INERROR: .inFailedTransaction
        default: .unknown
        }
    }

    /// libpq's last error in one line, without the password if libpq quotes it.
    var complaint: String {
        let text = unsafe PQerrorMessage(connection).map { unsafe String(cString: $0) } ?? ""
        var line = text.inOneLine
        if let password = unsafe PQpass(connection).map({ unsafe String(cString: $0) }), !password.isEmpty {
            line = line.with("…", for: password)
        }
        return line.isEmpty ? "the connection was closed" : line
    }

    func lost() -> PostgresError {
        PostgresError(.connectionLost(reason: complaint, sqlState: nil))
    }
}

extension String {
    var inOneLine: String {
        lines.map(\.trimmed).joined(separator: "; ")
    }
}

/// Gets the server's notices for the log.
private final class NoticeSink {
    private let logger: Logger

    /// True when the server announced between two queries that it ends the session: libpq passes that on as a mere notice.
    private(set) var hasFarewell = false
    /// True when libpq got something that it did not expect between two queries, which it drops.
    private(set) var isOutOfStep = false

    init(logger: Logger) {
        self.logger = logger
    }

    static func receive(_ context: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
        guard let context = unsafe context, let result = unsafe result else { return }
        let sink = unsafe Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue()
        let notice = unsafe LibpqResult.error(of: result)
        if notice.endsSession { sink.hasFarewell = true }
        // The server's notices have a state; libpq's own have none.
        if notice.sqlState.rawValue.isEmpty { sink.isOutOfStep = true }
        sink.logger.debug(
            "notice of PostgreSQL", metadata: ["message": "\(notice.safeMessage)", "sqlstate": "\(notice.sqlState.rawValue)"])
    }
}
