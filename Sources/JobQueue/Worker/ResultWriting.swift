/// One result on its way to the database, outside of any batch.
struct ResultWriting {
    let claim: JobClaim
    /// What is written. It is replaced when the database refuses it for good, or a person stops the job while the result waits.
    var resolution: JobResolution
    /// Whether the answer to a COMMIT was lost. Then the outcome is looked up before anything else is tried.
    var outcomeIsUnknown: Bool
    /// Whether the result waits outside of the slots.
    var waits = false
    /// Whether a person has stopped the job.
    var isStopped = false
    /// Whether `resolution` is one that takes the place of the handler's.
    var isFallback = false
    /// How often it could not be written because of the database or a lock.
    var refusals = 0
    /// How often it lost against other transactions.
    var conflicts = 0

    init(claim: JobClaim, resolution: JobResolution, outcomeIsUnknown: Bool) {
        self.claim = claim
        self.resolution = resolution
        self.outcomeIsUnknown = outcomeIsUnknown
    }

    /// Heeds a person's request. A handler that had completed its work before the request keeps its result, unless the result cannot be
    /// written at present: then the person need not wait.
    mutating func heed(_ request: StopRequest?) {
        guard let request else { return }
        isStopped = true
        if waits { resolution = request.overruling(.released(reason: request.reason)) }
    }
}
