import Dispatch
import Foundation
import Glibc
import Postgres
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Dailies

/// Log lines on their way to whoever reads them, or does not.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct LogWriterTests {
    /// Who reads: nothing before the gate opens.
    private final class Reader: Sendable {
        let text = Mutex("")
        let isWaitedFor = Mutex(false)
        let gate = DispatchSemaphore(value: 0)

        func take(_ more: String) {
            isWaitedFor.withLock { $0 = true }
            gate.wait()
            gate.signal()
            text.withLock { $0 += more }
        }
    }

    @Test func `lines that find no room are dropped, and the next line that finds room says how many`() async throws {
        let reader = Reader()
        let writer = LogWriter { reader.take($0) }
        func write(_ line: String) { writer.write(line) { "[\($0) missing]" } }
        write("first ")
        try await until { reader.isWaitedFor.withLock { $0 } }
        let half = String(repeating: "x", count: LogWriter.room / 2)
        for _ in 0..<5 { write(half) }
        #expect(writer.droppedCount == 3)
        reader.gate.signal()
        let before = "first " + half + half
        try await until { reader.text.withLock { $0.utf8.count } == before.utf8.count }
        write("last")
        try await until { reader.text.withLock { $0 } == before + "[3 missing]last" }
    }

    @Test func `a worker whose standard error nobody reads goes on working, and ends when it is told to`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(12))
            let path = product.data.appending("unread")
            try #require(mkfifo(path.string, 0o600) == 0)
            // Open in both directions, so that neither end ever waits for the other to be opened.
            let pipe = try FileDescriptor.open(path, .readWrite, options: [.nonBlocking, .closeOnExec])
            defer { try? pipe.close() }
            // Full before the first line. Nobody reads.
            while (try? pipe.writeAll(Array(repeating: UInt8(ascii: "-"), count: 512))) != nil {}
            let status = try await product.running(["work"], log: path) { worker in
                try await product.until("SELECT count(*) = 12 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            #expect(status == .exited(0))
        }
    }
}
