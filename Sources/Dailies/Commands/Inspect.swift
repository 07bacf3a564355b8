import ArgumentParser
import FoundationEssentials
import Inspectors
import Recordings
import Storage
import SystemPackage
import Worker

struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look inside one recording and print the report as JSON.",
        discussion: """
            Needs no database. The recording is opened by a sandboxed child process, as a worker does it. With --out the poster, \
            storyboard, waveform and playback copy are made too and kept in a folder, and the report names them.

            The exit code is 0 for a usable recording, and 65 for an unusable one, with the reason on standard error.
            """)

    @Argument(help: "The recording.")
    var file: String

    @Option(help: ArgumentHelp("Make the artifacts too and keep them here.", valueName: "folder"))
    var out: String?

    @Option(help: ArgumentHelp("The media type that the sender claimed; by the file's ending otherwise.", valueName: "type"))
    var declaredType: String?

    @Option(help: ArgumentHelp("required or off. (env: DAILIES_SANDBOX)"))
    var sandbox: String?

    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let application = Application(settings: try await options.settings(["sandbox": sandbox]))
        let inspectors = try application.inspectors()
        let result: Result<Report, any Error>
        do {
            result = .success(try await inspect(FilePath(file), with: inspectors, limits: application.settings.limits))
        } catch {
            result = .failure(error)
        }
        await inspectors.shutdown()
        let report = try result.get()
        Terminal.out(String(decoding: try report.json(pretty: true), as: UTF8.self) + "\n")
        if let reason = report.reason { throw Failure("\(file): \(reason.message)", .data) }
    }

    private func inspect(_ path: FilePath, with inspectors: InspectorPool, limits: InspectionLimits) async throws -> Report {
        let recording: OpenedFile
        do {
            recording = try await OpenedFile.open(path)
        } catch {
            throw Failure("\(file) cannot be inspected: \(error)", .noInput)
        }
        let type = declaredType ?? path.extension.flatMap(MediaType.claimed(byExtension:))
        let container = Container(bytes: recording.bytes, sha256: try await OpenedFile.sha256(of: recording.descriptor), declaredType: type)
        guard recording.bytes <= limits.recordingBytes else { return .unusable(UnusableReason(.tooLarge), container: container) }
        var folder = try out.map { try ArtifactFolder(FilePath($0)) }
        let outcome = try await inspectors.inspect(
            recording: recording.descriptor, request: InspectionRequest(declaredType: type, limits: limits),
            artifacts: folder?.descriptors ?? ArtifactDescriptors())
        switch outcome {
        case .report(var report):
            report.container.bytes = container.bytes
            report.container.sha256 = container.sha256
            if folder != nil { try await folder?.fill(from: &report) }
            return report
        case .died(let death):
            Terminal.err("dailies: \(death.description)\n")
            return .unusable(UnusableReason(death.reasonCode), container: container)
        }
    }
}
