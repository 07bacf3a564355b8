/// What the tasks of one session share.
struct SessionParts: Sendable {
    let keeper: LeaseKeeper
    let held: HeldClaims
    let mailbox: WorkerSession.Mailbox
    let listener: ListenerStatus
    let waiting = WaitingResults()
    let troubles = WorkerTroubles()
}
