import CLibpq
import ForeignText

extension LibpqHandle {
    /// Queues a query with its binds; results are asked for in binary form, which depends on no session setting.
    func send(_ query: PostgresQuery) throws(PostgresError) {
        try query.validate()
        let sql = query.sql
        var arguments = BindArguments()
        for bind in query.binds { arguments.append(bind) }
        let isSent = unsafe arguments.withPointers { types, values, lengths, formats in
            unsafe PQsendQueryParams(connection, sql, Int32(arguments.count), types, values, lengths, formats, Self.binary)
        }
        guard isSent else { throw lost().during(query.label) }
    }

    /// Queues that the server prepares a query under this name; its binds are sent only when it is run.
    func send(preparing query: PostgresQuery, as name: String) throws(PostgresError) {
        try query.validate()
        let types = query.binds.map(\.type.rawValue)
        guard unsafe PQsendPrepare(connection, name, query.sql, Int32(types.count), types) == 1 else { throw lost().during(query.label) }
    }

    /// Queues a run of what was prepared under this name, with the query's binds.
    func send(_ query: PostgresQuery, preparedAs name: String) throws(PostgresError) {
        try query.validate()
        var arguments = BindArguments()
        for bind in query.binds { arguments.append(bind) }
        let isSent = unsafe arguments.withPointers { _, values, lengths, formats in
            unsafe PQsendQueryPrepared(connection, name, Int32(arguments.count), values, lengths, formats, Self.binary)
        }
        guard isSent else { throw lost().during(query.label) }
    }

    /// Queues several statements as one string, by the simple protocol.
    func send(script: String) throws(PostgresError) {
        guard !script.holdsNUL else { throw PostgresError(.encoding(reason: PostgresQuery.nulComplaint)) }
        guard unsafe PQsendQuery(connection, script) == 1 else { throw lost() }
    }

    func enterPipeline() throws(PostgresError) {
        guard unsafe PQenterPipelineMode(connection) == 1 else { throw PostgresError(.misuse(complaint)) }
    }

    /// Ends the implicit transaction of the queries sent since the last one of these.
    func syncPipeline() throws(PostgresError) {
        guard unsafe PQpipelineSync(connection) == 1 else { throw lost() }
    }

    /// Possible only when all results have been read.
    func leavePipeline() throws(PostgresError) {
        guard unsafe PQexitPipelineMode(connection) == 1 else { throw PostgresError(.misuse(complaint)) }
    }

    /// Hands queued bytes to the socket.
    /// - Returns: true when nothing is left. Otherwise wait for the socket to be writable *or readable*, consume in the latter
    ///   case, and call again: a server that waits for us to read will not read from us.
    func flush() throws(PostgresError) -> Bool {
        switch unsafe PQflush(connection) {
        case 0: true
        case 1: false
        default: throw lost()
        }
    }

    private static let binary: Int32 = 1
}

/// The parallel arrays that PQsendQueryParams wants, over one buffer.
private struct BindArguments {
    private var types: [Oid] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    /// Where each value begins in `bytes`; nil for NULL.
    private var offsets: [Int?] = []
    private var bytes: [UInt8] = []

    var count: Int { types.count }

    mutating func append(_ bind: PostgresBind) {
        types.append(bind.type.rawValue)
        switch bind.content {
        case .null, .refused, .nul: append([], isText: true, isNull: true)
        case .text(let text): append(text.utf8, isText: true)
        case .binary(let value): append(value, isText: false)
        }
    }

    private mutating func append(_ value: some Collection<UInt8>, isText: Bool, isNull: Bool = false) {
        offsets.append(isNull ? nil : bytes.count)
        formats.append(isText ? 0 : 1)
        lengths.append(Int32(clamping: value.count))
        bytes += value
        // libpq reads text up to a NUL.
        bytes.append(0)
    }

    typealias Call = (
        UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> Int32

    /// Lends the arrays to one call, which copies what it needs.
    func withPointers(_ call: Call) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values: [UnsafePointer<CChar>?] = unsafe offsets.map { offset in
                guard let offset else { return nil }
                return unsafe start.map { unsafe $0 + offset }
            }
            return unsafe call(types, values, lengths, formats) == 1
        }
    }
}
