import FoundationEssentials
import Testing

@testable import JobQueue

struct RetryPolicyTests {
    private func claim(failures: Int = 0, crashes: Int = 0) -> JobClaim {
        JobClaim(
            id: 1, kind: "noop", payload: Data("{}".utf8), attempt: failures + crashes + 1, worker: UUID(), failures: failures,
            crashes: crashes, maxAttempts: 5)
    }

    @Test(arguments: [(0, 1.0), (1, 2.0), (2, 4.0), (3, 8.0)])
    func `each delay is twice the one before`(failures: Int, seconds: Double) {
        #expect(RetryPolicy().afterFailure(of: claim(failures: failures), jitter: 1) == .retry(after: .seconds(seconds)))
    }

    @Test func `jitter takes away at most half`() {
        #expect(RetryPolicy().afterFailure(of: claim(), jitter: 0) == .retry(after: .milliseconds(500)))
    }

    @Test func `no delay is longer than the longest`() {
        #expect(RetryPolicy().delay(step: 60, jitter: 1) == .seconds(600))
    }

    @Test func `the fifth failure is the last`() {
        #expect(RetryPolicy().afterFailure(of: claim(failures: 4), jitter: 1) == .discard)
    }

    @Test func `an inspector that died is tried once more, then never again`() {
        #expect(RetryPolicy().afterCrash(of: claim(), jitter: 1) == .retry(after: .seconds(1)))
        #expect(RetryPolicy().afterCrash(of: claim(crashes: 1), jitter: 1) == .discard)
    }

    @Test func `refunded attempts use up nothing`() {
        var refunded = claim()
        refunded.attempt = 100
        #expect(RetryPolicy().afterFailure(of: refunded, jitter: 1) == .retry(after: .seconds(1)))
    }
}
