internal import ForeignText
internal import Glibc

/// The names of signals, for operators.
enum SignalName {
    /// The name alone.
    static func short(_ number: Int32) -> String {
        switch number {
        case SIGXCPU: "SIGXCPU"
        case SIGXFSZ: "SIGXFSZ"
        case SIGALRM: "SIGALRM"
        default: of(number).parts(at: ":").first.map { String($0) } ?? ""
        }
    }

    static func of(_ number: Int32) -> String {
        switch number {
        case SIGSYS: "SIGSYS: it tried what the sandbox forbids"
        case SIGSEGV: "SIGSEGV: it reached for memory that it does not have"
        case SIGILL: "SIGILL: it stopped at an error that it noticed itself"
        case SIGTRAP: "SIGTRAP: it stopped at an error that it noticed itself"
        case SIGABRT: "SIGABRT: it stopped at an error that it noticed itself"
        case SIGBUS: "SIGBUS"
        case SIGFPE: "SIGFPE"
        case SIGKILL: "SIGKILL: somebody, or the kernel short of memory, ended it"
        case SIGTERM: "SIGTERM"
        default: "signal \(number)"
        }
    }
}
