internal import InspectorChannel
internal import Recordings

/// The work of one child, before it has a number.
struct InspectorWork: Sendable {
    var task: InspectorTask
    var request: InspectionRequest
    var descriptors: InspectorDescriptors
    var probe: InspectorProbe?

    func job(id: Int) -> InspectorJob {
        InspectorJob(id: id, task: task, request: request, artifacts: descriptors.kinds, probe: probe)
    }
}
