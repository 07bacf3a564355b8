import TestSupport
import Testing

/// What a hiring team does all day, on the demo's recordings.
@Suite("A reviewer's browser", .tags(.browser, .database, .program))
struct ReviewingTests {
    @Test("plays an answer, and draws its sound and its storyboard")
    func playing() async throws {
        let seen = try await Reviewing.playing
        #expect(seen.frames >= 10, "\(seen.frames) frames in a second")
        #expect(seen.paused, "the space bar did not stop it")
        // Ground, silences, sound, playhead and what was watched.
        #expect(seen.colours >= 4, "the timeline is drawn in \(seen.colours) colours")
        #expect(seen.storyboard.count == 3 && seen.storyboard.allSatisfy { $0 > 0 }, "no picture above the timeline")
    }

    @Test("seeks within half a second in what was a recording without an index")
    func seeking() async throws {
        let seeks = try await Reviewing.playing.seeks
        // Half of them, so that a machine that does something else for once decides nothing.
        #expect(seeks.count == 5 && seeks.sorted()[2] <= 500, "\(seeks) ms")
    }

    @Test("ends a recording that begins late at least four seconds sooner without its silence, and says what that saves")
    func silence() async throws {
        let seen = try await Reviewing.silence
        // By the recording's own time: a crowded machine takes longer to jump.
        #expect(seen.length - seen.played >= 4, "\(seen.played) of \(seen.length) s")
        #expect(seen.skipped < seen.heard, "\(seen.skipped) instead of \(seen.heard) s")
        #expect(seen.says == "saves 0:05")
        let watched = seen.watched.reduce(0) { $0 + $1[1] - $1[0] }
        #expect(watched >= 13_500, "of 14 s heard to the end, \(watched) ms count as watched")
    }

    @Test("holds the answer while a comment is typed, marks moments and stretches, and links to a moment")
    func comments() async throws {
        let seen = try await Reviewing.comments
        #expect(seen.held)
        #expect(seen.marks.count == 2 && seen.marks[0][1] == nil && seen.marks[1][1] == 9_000)
        #expect(seen.marks.allSatisfy { ($0[0] ?? 0) >= 1_000 }, "they begin where the answer stood")
        #expect(abs(seen.linked - 5) < 0.2 && seen.kept)
    }

    @Test("shows captions where somebody has made some, and hides them")
    func captions() async throws {
        let seen = try await Reviewing.captions
        #expect(seen.says == "We learn from labels.")
        #expect(seen.pressed == ["true", "false"] && seen.hidden)
    }

    @Test("lists its keys, and leaves them alone for who turned them off")
    func keys() async throws {
        let seen = try await Reviewing.keys
        #expect(seen.listed == 8, "all but those for the next answer, which the only one of a question has not")
        #expect(seen.off == [false, false, false])
        #expect(seen.on)
    }

    @Test("has the next answer's video there when its page is")
    func ahead() async throws {
        let seen = try await Reviewing.ahead
        #expect(seen.arrived == seen.expected)
        // HAVE_CURRENT_DATA: there is a picture.
        #expect(seen.state >= 2, "readyState \(seen.state)")
    }

    @Test("sees what was given up, drawn and with its evidence, and puts it back")
    func health() async throws {
        let seen = try await Reviewing.health
        #expect(seen.plots == 4)
        #expect(seen.failures == ["Person Unlucky: hyperparameter-tuning"])
        #expect(seen.evidence == "the disk said no")
        #expect(seen.waiting == "1")
    }

    @Test("rates twenty answers by keyboard alone, each once")
    func keyboard() async throws {
        let seen = try await Reviewing.keyboard
        #expect(Set(seen.rated).count == 20)
        #expect(seen.said == "You have rated 20 answers")
    }

    @Test("is shown nothing of others' ratings and comments before the own rating, and then is")
    func fairness() async throws {
        let seen = try await Reviewing.fairness
        #expect(seen.crawled > 50)
        #expect(seen.before.isEmpty, "the other's remark was in \(seen.before)")
        #expect(seen.othersBefore == 0)
        #expect(seen.after && seen.othersAfter.contains("5") && seen.othersAfter.contains("Ada"))
    }

    @Test("gets no byte that names a candidate of a blind role, and is told that face and voice remain")
    func blind() async throws {
        let seen = try await Reviewing.blind
        #expect(seen.crawled > 10)
        #expect(seen.leaks.isEmpty)
        #expect(seen.says)
        #expect(seen.pseudonyms == 2)
    }

    @Test("needs no sideways scrolling on a phone, and goes dark with the system")
    func widths() async throws {
        for (page, seen) in try await Reviewing.looks {
            #expect(seen.overflow <= 0, "\(page) is \(seen.overflow) pixels wider than a phone")
            #expect(seen.light != seen.dark, "\(page)")
        }
    }

    @Test("shows no page with a serious barrier: axe finds none")
    func barriers() async throws {
        let looks = try await Reviewing.looks
        #expect(looks.count >= 14)
        for (page, seen) in looks { #expect(seen.serious.isEmpty, "\(page): \(seen.serious.joined(separator: "\n"))") }
    }
}
