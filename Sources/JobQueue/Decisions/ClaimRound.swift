/// Shares the free slots of one worker between prompt jobs, which somebody waits for, and patient jobs, which can take minutes and nobody
/// waits for. A pure value: the caller says how many jobs each claim brought, and asks for the next claim.
///
/// A running job is never interrupted for a more urgent one. So priority alone would let patient jobs take every slot in a quiet moment
/// and hold them for minutes. Therefore one slot is never given to patient jobs. A worker with a single slot takes a patient job only
/// when no prompt job waits.
struct ClaimRound {
    /// Which jobs a claim is for.
    enum Kinds: Hashable {
        case all, prompt, patient
    }

    struct Claim: Hashable {
        var kinds: Kinds
        var limit: Int
    }

    private var waiting: [Claim]
    private var asked: Claim?
    private var left: Int

    /// - Parameters:
    ///   - limit: how many jobs are wanted.
    ///   - slots: the worker's slots, busy ones included.
    ///   - patient: how many patient jobs the worker works on.
    init(limit: Int, slots: Int, patient: Int) {
        left = limit
        let room = max(0, slots - 1 - patient)
        if slots <= 1 {
            waiting = [Claim(kinds: .prompt, limit: limit)] + (patient == 0 ? [Claim(kinds: .patient, limit: limit)] : [])
        } else if room >= limit {
            waiting = [Claim(kinds: .all, limit: limit)]
        } else {
            // Jobs of both kinds by age, as long as all of them could be patient; then prompt jobs only.
            waiting = (room > 0 ? [Claim(kinds: .all, limit: room)] : []) + [Claim(kinds: .prompt, limit: limit)]
        }
    }

    /// The next claim to make; `nil` when the round is over.
    mutating func next() -> Claim? {
        guard left > 0, !waiting.isEmpty else { return nil }
        var claim = waiting.removeFirst()
        claim.limit = min(claim.limit, left)
        asked = claim
        return claim
    }

    /// Records how many jobs the last claim brought.
    mutating func brought(_ count: Int) {
        left -= count
        // A claim of all kinds brought fewer jobs than it asked for: no more jobs wait.
        if let asked, asked.kinds == .all, count < asked.limit { waiting = [] }
    }
}
