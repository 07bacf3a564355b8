import Foundation
import Glibc
import Subprocess
import SystemPackage
import Testing

/// Machines at one switch, each with a network of its own: network namespaces, tied together by a bridge in another one. They see the
/// files of this machine, so the database's own socket and the storage folder are the same for all.
///
/// It needs root, and a kernel that gives namespaces, bridges and virtual cables. Everything is known by one process alone, under no name
/// that others could have taken, and goes with it: also when the tests are killed, for that closes its input.
struct MachineNetwork {
    /// One machine at the switch.
    struct Machine {
        let name: String
        let address: String
        fileprivate let keeper: pid_t

        /// What to put before a command so that it runs there, in the same process.
        var prefix: [String] { ["/usr/bin/nsenter", "--net=/proc/\(keeper)/root/run/netns/\(name)"] }
    }

    private let keeper: pid_t
    let machines: [Machine]

    /// Lends a network.
    static func with(_ names: String..., body: @escaping (MachineNetwork) async throws -> Void) async throws {
        let result = try await Subprocess.run(
            .path("/usr/bin/unshare"), arguments: Arguments(["--mount", "--net", "sh", "-c", script, "sh"] + names),
            environment: .custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]), input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            var isReady = false
            for try await line in execution.standardOutput.strings() where line.hasPrefix("ready") {
                isReady = true
                break
            }
            try #require(isReady, "the kernel gave no network")
            let keeper = execution.processIdentifier.value
            let machines = names.enumerated().map { Machine(name: $1, address: "10.0.0.\($0 + 1)", keeper: keeper) }
            defer { kill(keeper, SIGKILL) }
            try await body(MachineNetwork(keeper: keeper, machines: machines))
        }
        _ = result
    }

    /// Why there is none here; `nil` where there is.
    static func refusal() async -> String? {
        guard geteuid() == 0 else { return "only root makes networks" }
        do {
            try await with("one") { _ in }
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// From now on the switch drops every packet from and to a machine. Nobody is told: the cable stays plugged in, nothing is reset, and
    /// both sides still believe they know where the other is.
    func cutOff(_ machine: Machine) async throws { try await turn(machine, ["nomaster"]) }

    func reconnect(_ machine: Machine) async throws { try await turn(machine, ["master", "switch"]) }

    private func turn(_ machine: Machine, _ how: [String]) async throws {
        let result = try await Subprocess.run(
            .path("/usr/bin/nsenter"), arguments: Arguments(["--net=/proc/\(keeper)/ns/net", "ip", "link", "set", machine.name] + how),
            environment: .custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]), output: .discarded, error: .string(limit: 1 << 16))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
    }

    /// Every machine knows every other's hardware address for good, as it knows its router's elsewhere: otherwise the kernel would soon
    /// say of a machine that is cut off that there is no way to it, and packets that vanish say nothing.
    private static let script = """
        set -e
        mount -t tmpfs tmpfs /run
        ip link add switch type bridge
        ip link set switch up
        number=0
        for machine in "$@"; do
            number=$((number + 1))
            ip netns add "$machine"
            ip link add "$machine" type veth peer name wire netns "$machine" address "02:00:00:00:00:0$number"
            ip link set "$machine" master switch up
            ip -n "$machine" link set lo up
            ip -n "$machine" address add "10.0.0.$number/24" dev wire
            ip -n "$machine" link set wire up
            other=0
            for _ in "$@"; do
                other=$((other + 1))
                ip -n "$machine" neighbour replace "10.0.0.$other" lladdr "02:00:00:00:00:0$other" nud permanent dev wire
            done
        done
        echo ready
        read -r _ || :
        """
}
