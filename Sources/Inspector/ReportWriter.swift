internal import FoundationEssentials
internal import InspectorChannel
internal import Recordings
internal import SystemPackage

/// Writes a report to the start of the file that the parent reads, and cuts the file to the report's length.
struct ReportWriter {
    let descriptor: FileDescriptor
    let limit: Int

    func write(_ json: () throws -> Data) -> InspectorExit {
        do {
            return try write(json())
        } catch {
            DailiesInspector.complain("The report could not be written as JSON: \(error)")
            return .software
        }
    }

    func write(_ json: Data) -> InspectorExit {
        guard json.count <= limit else {
            DailiesInspector.complain("The report has \(json.count) bytes; it may have \(limit).")
            return .outputTooLarge
        }
        do {
            _ = try unsafe json.withUnsafeBytes { bytes in try unsafe descriptor.writeAll(toAbsoluteOffset: 0, bytes) }
            try descriptor.resize(to: Int64(json.count))
            return .reported
        } catch {
            DailiesInspector.complain("The report could not be written: \(error)")
            return .inputOutput
        }
    }
}
