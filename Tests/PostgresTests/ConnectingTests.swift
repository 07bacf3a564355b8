import Glibc
import Postgres
import TestSupport
import Testing

/// A TCP port on this machine that takes connections and never says a word.
private final class MutePort {
    let number: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        try #require(isListening)
        self.descriptor = descriptor
        number = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}

@Suite(.tags(.database, .program), .timeLimit(.minutes(10))) struct ConnectingTests {
    private func failure(_ connectionString: String, timeout: Duration = .seconds(10)) async -> String {
        let error = await postgresError {
            _ = try await PostgresConnection.connect(PostgresConfiguration(connectionString, connectTimeout: timeout))
        }
        guard case .connecting = error?.kind else { return "\(String(describing: error))" }
        return error?.description ?? ""
    }

    @Test func `Where nobody listens, the error says where and what to do, and not the password`() async {
        let text = await failure("postgresql://ops:s3cret@127.0.0.1:1/interviews")
        #expect(text.contains("database “interviews” as user “ops” at 127.0.0.1:1"))
        #expect(text.contains("Connection refused"))
        #expect(text.contains("Is PostgreSQL running there?"))
        #expect(!text.contains("s3cret"))
    }

    @Test(arguments: [
        "postgresql://ops:s3cret@[::1/interviews", "host=x password=my s3cret", "user='s3cret", "postgresql://ops:s3cret@h:port/x",
        "postgresql://ops:pass@h/x?s3cret=1", "postgresql://ops:%ZZs3cret@h/x", "s3cret",
    ])
    func `A connection string that cannot be read is not repeated, for it may hold a password`(connectionString: String) async {
        let text = await failure(connectionString, timeout: .seconds(5))
        #expect(text.hasPrefix("Cannot connect"))
        #expect(!text.contains("s3cret"), "\(text)")
        var dumped = ""
        dump(PostgresConfiguration(connectionString), to: &dumped)
        #expect(!dumped.contains("s3cret"))
    }

    @Test func `A server that says nothing is given up in time`() async throws {
        let port = try MutePort()
        let text = await failure("host=127.0.0.1 port=\(port.number) user=x", timeout: .milliseconds(200))
        #expect(text.contains("no answer from 127.0.0.1 within 0.2 seconds"))
    }

    @Test func `Of several hosts the first that works is taken, behind one that refuses and one that is mute`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let target = try PostgresConfiguration(conninfo).target
            let port = try MutePort()
            let hosts = "127.0.0.1,127.0.0.1,\(try #require(target.hosts.first))"
            let ports = "1,\(port.number),\(target.ports.first ?? "5432")"
            let connection = try await PostgresConnection.connect(
                PostgresConfiguration(
                    "\(conninfo) host=\(hosts) port=\(ports) target_session_attrs=read-write", connectTimeout: .seconds(3)))
            #expect(try await connection.query("SELECT 1").count == 1)
        }
    }

    @Test func `A cancelled task does not wait for a server that says nothing`() async throws {
        let port = try MutePort()
        let task = Task { try await PostgresConnection.connect("host=127.0.0.1 user=x port=\(port.number)").serverVersion }
        task.cancel()
        #expect(await postgresError { _ = try await task.value }?.isCancellation == true)
    }

    @Test func `A missing database is named`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let text = await failure("\(conninfo) dbname=nowhere")
            #expect(text.contains("nowhere") && text.contains("does not exist") && text.contains("Create it"))
        }
    }

    @Test func `A connection shows its application's name and speaks UTF-8, whatever the environment says`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let connection = try await PostgresConnection.connect(PostgresConfiguration("\(conninfo) client_encoding=LATIN1"))
            let names = try await connection.query("SELECT current_setting('application_name')", as: String.self)
            #expect(names == ["dailies"])
            #expect(connection.serverParameter("client_encoding") == "UTF8")
            #expect(connection.serverVersion >= 150_000)
        }
    }
}
