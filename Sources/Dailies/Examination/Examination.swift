import FoundationEssentials
import Glibc
import Inspectors
import Recordings
import Storage
import SystemPackage

/// The checks of `dailies doctor`: everything that a person would check when Dailies does not work. Each check runs, whatever the earlier
/// ones found.
struct Examination: Sendable {
    let application: Application

    var settings: Settings { application.settings }

    func findings() async -> [Finding] {
        var found = machine()
        found += await database()
        found += await listening()
        found += folders()
        found += await credentials()
        found += await storage()
        found += await ownership()
        found += await inspector()
        found += site()
        return found
    }

    /// Whether a role gives credentials, and for how long. Credentials from the environment are tested with the storage.
    private func credentials() async -> [Finding] {
        guard case .bucket(let bucket) = settings.storage.value, bucket.configuration.credentials.isRole else { return [] }
        do {
            let rest = try await S3Storage.with(bucket.configuration, logger: application.logger) { try await $0.credentialsRemain() }
            return [.fine("credentials", Self.credentials(bucket.configuration.credentials.description, remaining: rest, now: Date()))]
        } catch {
            return [.problem("credentials", Failure(error)?.message ?? "\(error)")]
        }
    }

    static func credentials(_ source: String, remaining: Duration?, now: Date) -> String {
        guard let remaining else { return "\(source); nobody said until when they hold" }
        let end = (now + TimeInterval(remaining.components.seconds)).formatted(.iso8601)
        return "\(source); these hold until \(end), in \(remaining.inWords), and are replaced before"
    }

    private func storage() async -> [Finding] {
        do {
            try await application.withStorage { try await $0.checkThoroughly() }
            return [.fine("storage", "\(settings.storage.value) can be read and written")] + space(settings.storage.value.workFolder)
        } catch {
            return [.problem("storage", Failure(error)?.message ?? "\(error)")]
        }
    }

    private func space(_ folder: FilePath) -> [Finding] {
        guard let free = FreeSpace.bytes(in: folder) else { return [] }
        let text = "\(free >> 20) MiB are free"
        guard free >> 20 < Int64(settings.minFreeMiB.value) else { return [.fine("space", text)] }
        return [
            .problem(
                "space", "\(text), and min-free-mib is \(settings.minFreeMiB.value): workers claim nothing",
                remedy: "Make room in \(folder), or use another one.")
        ]
    }

    /// Whether the sandbox stops an inspector that tries forbidden things.
    private static func sandbox(_ tests: [SandboxTest]) -> [Finding] {
        let escapes = tests.filter { !$0.held }
        guard !escapes.isEmpty else {
            return [.fine("inspector", "starts, and \(tests.count) forbidden things that it tried were each stopped")]
        }
        return escapes.map {
            .problem("inspector", "the sandbox did not stop \($0.attempt): \($0.detail)", remedy: "Do not open untrusted recordings here.")
        }
    }

    private func inspector() async -> [Finding] {
        do {
            let inspectors = try application.inspectors()
            var found: [Finding] = []
            let support = try await inspectors.sandboxSupport()
            if let build = try await inspectors.ffmpegBuild() { found.append(Self.ffmpeg(build)) }
            if support.lacks.isEmpty {
                found.append(.fine("sandbox", "the kernel offers Landlock (ABI \(support.landlock ?? 0)) and seccomp"))
                found +=
                    settings.sandbox.value == .off
                    ? [.note("sandbox", "switched off: recordings are opened with this user's rights", remedy: "Leave --sandbox out.")]
                    : Self.sandbox(try await inspectors.testSandbox())
            } else if settings.sandbox.value == .off {
                found.append(.note("sandbox", "off, and \(support.lacks)"))
            } else {
                found.append(.problem("sandbox", "\(InspectorError.sandboxUnavailable(support))"))
            }
            await inspectors.shutdown()
            return found
        } catch {
            return [.problem("inspector", "\(error)")]
        }
    }

    static func ffmpeg(_ build: FFmpegBuild) -> Finding {
        let text = "\(build.version) (\(build.libraries.joined(separator: ", ")))"
        guard !build.encodesH264 else { return .fine("ffmpeg", text) }
        return .note(
            "ffmpeg", "\(text), without libx264: answers that no browser plays as they were recorded stay so",
            remedy: "Install a libavcodec with libx264, then `dailies jobs retry` the renditions.")
    }
}
