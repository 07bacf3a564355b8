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
        case .openFile: attempt(SANDBOX_ATTEMPT_OPEN_FILE)
        case .createFile: attempt(SANDBOX_ATTEMPT_CREATE_FILE)
        case .socket: attempt(SANDBOX_ATTEMPT_SOCKET)
        case .execute: attempt(SANDBOX_ATTEMPT_EXECUTE)
        case .fork: attempt(SANDBOX_ATTEMPT_FORK)
        case .thread: attempt(SANDBOX_ATTEMPT_THREAD)
        case .trace: attempt(SANDBOX_ATTEMPT_TRACE)
        case .readMemory: attempt(SANDBOX_ATTEMPT_READ_MEMORY)
        case .signal: attempt(SANDBOX_ATTEMPT_SIGNAL)
        case .signalThread: attempt(SANDBOX_ATTEMPT_SIGNAL_THREAD)
        case .mapCode: attempt(SANDBOX_ATTEMPT_MAP_CODE)
        case .protectCode: attempt(SANDBOX_ATTEMPT_PROTECT_CODE)
        case .ioControl: attempt(SANDBOX_ATTEMPT_IO_CONTROL)
        case .ioRing: attempt(SANDBOX_ATTEMPT_IO_RING)
        case .askOfFile: attempt(SANDBOX_ATTEMPT_STAT)
        case .openAnotherWay: attempt(SANDBOX_ATTEMPT_OPEN_HOW)
        case .memoryFile: attempt(SANDBOX_ATTEMPT_MEMORY_FILE)
        case .executeDescriptor: attempt(SANDBOX_ATTEMPT_EXECUTE_DESCRIPTOR)
        case .mapFile: attempt(SANDBOX_ATTEMPT_MAP_FILE)
        case .socketPair: attempt(SANDBOX_ATTEMPT_SOCKET_PAIR)
        case .send: attempt(SANDBOX_ATTEMPT_SEND)
        case .receive: attempt(SANDBOX_ATTEMPT_RECEIVE)
        case .duplicate: attempt(SANDBOX_ATTEMPT_DUPLICATE)
        case .controlDescriptor: attempt(SANDBOX_ATTEMPT_CONTROL_DESCRIPTOR)
        case .forkAnotherWay: attempt(SANDBOX_ATTEMPT_FORK_ANOTHER_WAY)
        case .writeMemory: attempt(SANDBOX_ATTEMPT_WRITE_MEMORY)
        case .holdProcess: attempt(SANDBOX_ATTEMPT_HOLD_PROCESS)
        case .queueSignal: attempt(SANDBOX_ATTEMPT_QUEUE_SIGNAL)
        case .changeLimits: attempt(SANDBOX_ATTEMPT_CHANGE_LIMITS)
        case .becomeRoot: attempt(SANDBOX_ATTEMPT_BECOME_ROOT)
        case .ownWorld: attempt(SANDBOX_ATTEMPT_OWN_WORLD)
        case .mount: attempt(SANDBOX_ATTEMPT_MOUNT)
        case .controlSelf: attempt(SANDBOX_ATTEMPT_CONTROL_SELF)
        case .kernelProgram: attempt(SANDBOX_ATTEMPT_KERNEL_PROGRAM)
        case .countEvents: attempt(SANDBOX_ATTEMPT_COUNT_EVENTS)
        case .handleFaults: attempt(SANDBOX_ATTEMPT_HANDLE_FAULTS)
        case .keyRing: attempt(SANDBOX_ATTEMPT_KEY_RING)
        case .sharedMemory: attempt(SANDBOX_ATTEMPT_SHARED_MEMORY)
        case .otherNumbers: attempt(SANDBOX_ATTEMPT_OTHER_NUMBERS)
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

    private func attempt(_ attempt: sandbox_attempt) -> InspectorExit {
        let answer = sandbox_try(attempt, server)
        DailiesInspector.complain(
            "The sandbox let \(probe.rawValue) through: the system call answered \(answer) (\(Errno(rawValue: errno))).")
        return .escaped
    }

    private func spin() -> InspectorExit {
        var count: UInt64 = 0
        while true { count &+= 1 }
    }

    private func hang() -> InspectorExit {
        sandbox_hang()
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
        let poster = Poster(file: ArtifactFile(mediaType: MediaType.jpeg), width: 640, height: 480, atMs: 0)
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
        DailiesInspector.complain("descriptors: \(sandbox_count_descriptors()), variables: \(variables)")
        return .software
    }
}
