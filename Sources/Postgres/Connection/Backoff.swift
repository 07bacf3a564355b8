/// Growing waits between attempts. Each is twice as long as the one before, up to `most`, minus a random part of up to a half. So clients that
/// failed together do not try again together.
struct Backoff {
    let first: Duration
    let most: Duration

    /// Between attempts that lose against other transactions.
    static let conflict = Backoff(first: .milliseconds(10), most: .seconds(1))

    /// Waits after this many failures in a row.
    func pause(after failures: Int) async throws(PostgresError) {
        do { try await Task.sleep(for: delay(after: failures)) } catch { throw PostgresError(.cancelled) }
    }

    /// The wait after this many failures in a row, counted from 1.
    func delay(after failures: Int) -> Duration {
        delay(after: failures, random: Double.random(in: 0...1))
    }

    func delay(after failures: Int, random: Double) -> Duration {
        // Beyond 2^30 every sensible `first` has long reached `most`.
        let full = min(most, first * (1 << min(max(failures, 1) - 1, 30)))
        return full * (1 - random / 2)
    }
}
