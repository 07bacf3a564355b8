/// Something that a child tries in place of an inspection, so that `dailies doctor` and the tests see that the sandbox and the limits
/// hold.
///
/// It is compiled into every inspector, because a test of another binary would prove nothing. A probe gets nothing that an inspection
/// does not get, and only the parent can ask for one.
public enum InspectorProbe: String, Hashable, Sendable, Codable, CaseIterable {
    // What the sandbox must end by SIGSYS.
    case openFile = "open_file"
    case createFile = "create_file"
    case socket
    case execute
    case fork
    case thread
    case trace
    case readMemory = "read_memory"
    case signal
    case signalThread = "signal_thread"
    case mapCode = "map_code"
    case protectCode = "protect_code"
    case ioControl = "io_control"
    case ioRing = "io_ring"
    case askOfFile = "ask_of_file"
    case openAnotherWay = "open_another_way"
    case memoryFile = "memory_file"
    case executeDescriptor = "execute_descriptor"
    case mapFile = "map_file"
    case socketPair = "socket_pair"
    /// On the channel's number, where descriptors could cross.
    case send
    case receive
    case duplicate
    case controlDescriptor = "control_descriptor"
    case forkAnotherWay = "fork_another_way"
    case writeMemory = "write_memory"
    case holdProcess = "hold_process"
    case queueSignal = "queue_signal"
    case changeLimits = "change_limits"
    case becomeRoot = "become_root"
    /// A user namespace, in which it would be root.
    case ownWorld = "own_world"
    case mount
    /// `prctl`, which could take back what the sandbox has set.
    case controlSelf = "control_self"
    case kernelProgram = "kernel_program"
    case countEvents = "count_events"
    /// `userfaultfd`, a tool of exploits.
    case handleFaults = "handle_faults"
    case keyRing = "key_ring"
    case sharedMemory = "shared_memory"
    /// By the numbers of another of the processor's instruction sets, which a filter may forget.
    case otherNumbers = "other_numbers"

    // What a limit must end.
    /// Uses processor time for ever.
    case spin
    /// Waits for ever.
    case hang
    /// Fills memory for ever.
    case hoard
    /// Asks for more memory at once than the limit.
    case grab
    /// Writes a playback copy without end.
    case flood
    /// Writes a report without end.
    case floodReport = "flood_report"

    // What the parent must refuse or name.
    /// A Swift runtime trap.
    case trap
    case abort
    /// Ends well without having written a report.
    case noReport = "no_report"
    /// Writes what is not JSON.
    case garbledReport = "garbled_report"
    /// Writes a report with a number that cannot be.
    case absurdReport = "absurd_report"
    /// Names a poster that is not a JPEG.
    case falsePoster = "false_poster"
    /// Fills the log with lines and control characters, then fails.
    case noisyLog = "noisy_log"

    // What must be as it is.
    /// Writes to the recording, and cuts it.
    case spoilRecording = "spoil_recording"
    /// Logs how many descriptors are open and environment variables set.
    case inventory

    /// Those that a sound sandbox answers with SIGSYS.
    public static let forbidden: [InspectorProbe] = [
        .openFile, .createFile, .socket, .execute, .fork, .thread, .trace, .readMemory, .signal, .signalThread, .mapCode, .protectCode,
        .ioControl, .ioRing, .askOfFile, .openAnotherWay, .memoryFile, .executeDescriptor, .mapFile, .socketPair, .send, .receive,
        .duplicate, .controlDescriptor, .forkAnotherWay, .writeMemory, .holdProcess, .queueSignal, .changeLimits, .becomeRoot, .ownWorld,
        .mount, .controlSelf, .kernelProgram, .countEvents, .handleFaults, .keyRing, .sharedMemory, .otherNumbers,
    ]
}
