internal import CSandbox
internal import FoundationEssentials
internal import Glibc
internal import InspectorChannel
internal import Recordings
internal import SystemPackage

/// A child that tries one thing. See `InspectorProbe`.
struct ProbeRun {
    let probe: InspectorProbe
    let descriptors: InspectorDescriptors
    let limits: InspectionLimits
    let server: Int32

    func run() -> InspectorExit {
        switch probe {
        case .openFile: attempt(CAGE_ATTEMPT_OPEN_FILE)
        case .createFile: attempt(CAGE_ATTEMPT_CREATE_FILE)
        case .socket: attempt(CAGE_ATTEMPT_SOCKET)
        case .execute: attempt(CAGE_ATTEMPT_EXECUTE)
        case .fork: attempt(CAGE_ATTEMPT_FORK)
        case .thread: attempt(CAGE_ATTEMPT_THREAD)
        case .trace: attempt(CAGE_ATTEMPT_TRACE)
        case .readMemory: attempt(CAGE_ATTEMPT_READ_MEMORY)
        case .signal: attempt(CAGE_ATTEMPT_SIGNAL)
        case .signalThread: attempt(CAGE_ATTEMPT_SIGNAL_THREAD)
        case .mapCode: attempt(CAGE_ATTEMPT_MAP_CODE)
        case .protectCode: attempt(CAGE_ATTEMPT_PROTECT_CODE)
        case .ioControl: attempt(CAGE_ATTEMPT_IO_CONTROL)
        case .ioRing: attempt(CAGE_ATTEMPT_IO_RING)
        case .askOfFile: attempt(CAGE_ATTEMPT_STAT)
        case .openAnotherWay: attempt(CAGE_ATTEMPT_OPEN_HOW)
        case .memoryFile: attempt(CAGE_ATTEMPT_MEMORY_FILE)
        case .executeDescriptor: attempt(CAGE_ATTEMPT_EXECUTE_DESCRIPTOR)
        case .mapFile: attempt(CAGE_ATTEMPT_MAP_FILE)
        case .socketPair: attempt(CAGE_ATTEMPT_SOCKET_PAIR)
        case .send: attempt(CAGE_ATTEMPT_SEND)
        case .receive: attempt(CAGE_ATTEMPT_RECEIVE)
        case .duplicate: attempt(CAGE_ATTEMPT_DUPLICATE)
        case .controlDescriptor: attempt(CAGE_ATTEMPT_CONTROL_DESCRIPTOR)
        case .forkAnotherWay: attempt(CAGE_ATTEMPT_FORK_ANOTHER_WAY)
        case .writeMemory: attempt(CAGE_ATTEMPT_WRITE_MEMORY)
        case .holdProcess: attempt(CAGE_ATTEMPT_HOLD_PROCESS)
        case .queueSignal: attempt(CAGE_ATTEMPT_QUEUE_SIGNAL)
        case .changeLimits: attempt(CAGE_ATTEMPT_CHANGE_LIMITS)
        case .becomeRoot: attempt(CAGE_ATTEMPT_BECOME_ROOT)
        case .ownWorld: attempt(CAGE_ATTEMPT_OWN_WORLD)
        case .mount: attempt(CAGE_ATTEMPT_MOUNT)
        case .controlSelf: attempt(CAGE_ATTEMPT_CONTROL_SELF)
        case .kernelProgram: attempt(CAGE_ATTEMPT_KERNEL_PROGRAM)
        case .countEvents: attempt(CAGE_ATTEMPT_COUNT_EVENTS)
        case .handleFaults: attempt(CAGE_ATTEMPT_HANDLE_FAULTS)
        case .keyRing: attempt(CAGE_ATTEMPT_KEY_RING)
        case .sharedMemory: attempt(CAGE_ATTEMPT_SHARED_MEMORY)
        case .otherNumbers: attempt(CAGE_ATTEMPT_OTHER_NUMBERS)
        case .spin: spin()
        case .hang: hang()
        case .hoard: hoard()
        case .grab: grab()
        case .flood: flood(descriptors.artifacts[.playback])
        case .floodReport: flood(descriptors.report)
        case .trap: trap()
        case .abort: abort()
        case .noReport: .reported
        case .garbledReport: writer.write(Data("{\"schema\": \"dailies.report/1\", \"outcome\": ".utf8))
        case .absurdReport: writer.write { try absurdReport.json() }
        case .falsePoster: falsePoster()
        case .noisyLog: noisyLog()
        case .spoilRecording: spoilRecording()
        case .inventory: inventory()
        }
    }

    private var writer: ReportWriter { ReportWriter(descriptor: descriptors.report, limit: limits.reportBytes) }

    private func attempt(_ attempt: cage_attempt) -> InspectorExit {
        let answer = cage_try(attempt, server)
        DailiesInspector.complain("The cage let \(probe.rawValue) through: the system call answered \(answer) (\(Errno(rawValue: errno))).")
        return .escaped
    }

    private func spin() -> InspectorExit {
        var count: UInt64 = 0
        while true { count &+= 1 }
    }

    private func hang() -> InspectorExit {
        cage_hang()
        return .escaped
    }

    private func hoard() -> InspectorExit {
        var blocks: [[UInt8]] = []
        while true { blocks.append([UInt8](repeating: 1, count: 1 << 20)) }
    }

    private func grab() -> InspectorExit {
        let block = [UInt8](repeating: 0, count: Int(limits.memoryBytes) + 1 << 20)
        return block.isEmpty ? .reported : .escaped
    }

    private func flood(_ descriptor: FileDescriptor?) -> InspectorExit {
        guard let descriptor else { return .software }
        let block = [UInt8](repeating: 1, count: 1 << 16)
        do {
            while true { try descriptor.writeAll(block) }
        } catch Errno.notPermitted {
            // What the report's file answers beyond its limit.
            return .outputTooLarge
        } catch {
            DailiesInspector.complain("\(error)")
            return .inputOutput
        }
    }

    private func trap() -> InspectorExit {
        let nothing = [InspectorExit]()
        return nothing[limits.streams]
    }

    private var absurdReport: Report {
        var report = Report.unusable(UnusableReason(.notMedia), container: Container())
        report.durationMs = -1
        return report
    }

    private func falsePoster() -> InspectorExit {
        let audio = AudioTrack(codec: "opus", channels: 1, sampleRate: 48_000, startMs: 0, endMs: 1000)
        let poster = Poster(file: ArtifactFile(mediaType: "image/jpeg"), width: 640, height: 480, atMs: 0)
        let report = Report(
            outcome: .usable, container: Container(format: "webm"), durationMs: 1000, durationSource: .packets, audio: audio,
            artifacts: ReportArtifacts(poster: poster))
        do {
            try descriptors.artifacts[.poster]?.writeAll("<script>not a picture</script>".utf8)
        } catch {
            return .inputOutput
        }
        return writer.write { try report.json() }
    }

    private func noisyLog() -> InspectorExit {
        for line in 0..<20_000 {
            DailiesInspector.complain("\u{1B}[31mline \(line) \u{7}" + String(repeating: "x", count: 300))
        }
        return .software
    }

    private func spoilRecording() -> InspectorExit {
        let isWritten = (try? descriptors.recording.writeAll(toAbsoluteOffset: 0, "spoilt".utf8)) != nil
        let isCut = (try? descriptors.recording.resize(to: 0)) != nil
        return isWritten || isCut ? .escaped : .software
    }

    private func inventory() -> InspectorExit {
        var variables = 0
        while let entry = unsafe environ.advanced(by: variables).pointee, unsafe entry.pointee != 0 { variables += 1 }
        DailiesInspector.complain("descriptors: \(cage_count_descriptors()), variables: \(variables)")
        return .software
    }
}
