import CLibpq

/// A copy of a libpq result, so that no libpq pointer outlives the call that made it.
enum LibpqResult {
    case rows(PostgresRows)
    case failure(ServerError)
    case pipelineSync
    case pipelineAborted
    /// COPY, which this client does not speak.
    case unsupported(String)

    init(reading result: OpaquePointer, query: String?) {
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: self = .rows(unsafe Self.rows(of: result, query: query))
        case PGRES_PIPELINE_SYNC: self = .pipelineSync
        case PGRES_PIPELINE_ABORTED: self = .pipelineAborted
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: self = .unsupported("COPY")
        default: self = .failure(unsafe Self.error(of: result))
        }
    }

    private static func rows(of result: OpaquePointer, query: String?) -> PostgresRows {
        let columns = (0..<(unsafe PQnfields(result))).map { column in
            RowTable.Column(
                name: unsafe String(cString: PQfname(result, column)), type: PostgresType(rawValue: unsafe PQftype(result, column)))
        }
        let rowCount = unsafe PQntuples(result)
        var bytes: [UInt8] = []
        var cells: [Range<Int>?] = []
        cells.reserveCapacity(Int(rowCount) * columns.count)
        for row in 0..<rowCount {
            for column in 0..<Int32(columns.count) {
                if unsafe PQgetisnull(result, row, column) != 0 {
                    cells.append(nil)
                } else {
                    let start = bytes.count
                    let length = Int(unsafe PQgetlength(result, row, column))
                    unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: length))
                    cells.append(start..<bytes.count)
                }
            }
        }
        let table = RowTable(query: query, columns: columns, rowCount: Int(rowCount), bytes: bytes, cells: cells)
        return PostgresRows(
            table: table, affectedRows: Int(unsafe String(cString: PQcmdTuples(result))),
            commandTag: unsafe String(cString: PQcmdStatus(result)))
    }

    static func error(of result: OpaquePointer) -> ServerError {
        func field(_ code: UInt8) -> String? {
            unsafe PQresultErrorField(result, Int32(code)).map { unsafe String(cString: $0) }
        }
        // The letters are the protocol's field codes; libpq names them PG_DIAG_SEVERITY_NONLOCALIZED and so on.
        let severity = field(UInt8(ascii: "V"))
        return ServerError(
            sqlState: SQLState(rawValue: field(UInt8(ascii: "C")) ?? ""),
            message: field(UInt8(ascii: "M")) ?? (unsafe PQresultErrorMessage(result).map { unsafe String(cString: $0) }) ?? "",
            detail: field(UInt8(ascii: "D")), hint: field(UInt8(ascii: "H")), schema: field(UInt8(ascii: "s")),
            table: field(UInt8(ascii: "t")), column: field(UInt8(ascii: "c")), constraint: field(UInt8(ascii: "n")),
            endsSession: severity == "FATAL" || severity == "PANIC")
    }
}
