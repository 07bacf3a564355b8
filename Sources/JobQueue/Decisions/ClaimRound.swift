/// How the free slots of one worker are shared out between jobs that somebody waits for and patient ones, that can be long and nobody
/// waits for: pure, told what each claim brought, asked for the next.
///
/// Nothing that runs is interrupted for something more urgent, so priority alone would let patient jobs take every slot in a quiet
/// moment and hold them for minutes. One slot is always kept from them. A worker with a single slot takes a patient job only when
/// nothing else waits.
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
    ///   - slots: of the worker, busy ones included.
    ///   - patient: how many patient jobs the worker works on.
    init(limit: Int, slots: Int, patient: Int) {
        left = limit
        let room = max(0, slots - 1 - patient)
        if slots <= 1 {
            waiting = [Claim(kinds: .prompt, limit: limit)] + (patient == 0 ? [Claim(kinds: .patient, limit: limit)] : [])
        } else if room >= limit {
            waiting = [Claim(kinds: .all, limit: limit)]
        } else {
            // In turn for as long as all of them might be patient, so that age counts.
            waiting = (room > 0 ? [Claim(kinds: .all, limit: room)] : []) + [Claim(kinds: .prompt, limit: limit)]
        }
    }

    /// The next claim, if there is one.
    mutating func next() -> Claim? {
        guard left > 0, !waiting.isEmpty else { return nil }
        var claim = waiting.removeFirst()
        claim.limit = min(claim.limit, left)
        asked = claim
        return claim
    }

    /// Takes note of how many jobs the last claim brought.
    mutating func brought(_ count: Int) {
        left -= count
        // Fewer than asked for, of all kinds: nothing is left for anybody.
        if let asked, asked.kinds == .all, count < asked.limit { waiting = [] }
    }
}
