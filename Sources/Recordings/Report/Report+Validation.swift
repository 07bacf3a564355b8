extension Report {
    /// This report, if an inspector can have written it about a recording within `limits`.
    ///
    /// The inspector read untrusted bytes, so its report is untrusted too: a number may be absurd, a text may be HTML, a list may be
    /// endless. A report that passes is safe to store and to show. The reason's message is replaced by the code's own sentence, so that
    /// the hiring team never reads a text of an inspector.
    ///
    /// The artifacts' files are not looked at here; `ArtifactCheck` in Inspectors compares them with the report.
    public func validated(limits: InspectionLimits) throws(ReportDefect) -> Report {
        let check = ReportCheck(limits: limits, durationMs: outcome == .usable ? durationMs : nil)
        try check.require(schema == Self.currentSchema, "schema", "is of another version")
        try validateOutcome(check)
        try check.identifier(container.format, "container.format")
        try check.require(container.bytes == nil && container.sha256 == nil, "container", "holds what only the recording's owner measures")
        try check.time(container.headerDurationMs, "container.header_duration_ms", within: ReportCheck.anyTimeMs)
        try check.time(durationMs, "duration_ms", within: outcome == .usable ? check.longestMs : ReportCheck.anyTimeMs)
        try check.require((durationMs == nil) == (durationSource == nil), "duration_source", "does not go with duration_ms")
        try video?.validate(check)
        try audio?.validate(check)
        try validateFlags(check)
        try artifacts.validate(check)
        try check.require(timingsMs.count <= 100, "timings_ms", "has too many entries")
        for (name, value) in timingsMs {
            try check.identifier(name, "timings_ms")
            try check.number(value, "timings_ms", in: 0...1e9)
        }
        var report = self
        report.reason = reason.map { UnusableReason($0.code) }
        return report
    }

    private func validateOutcome(_ check: ReportCheck) throws(ReportDefect) {
        switch outcome {
        case .usable:
            try check.require(reason == nil, "reason", "is given for a usable recording")
            try check.require(video != nil || audio != nil, "outcome", "is usable without a picture and without sound")
            try check.require(durationMs != nil, "duration_ms", "is missing for a usable recording")
        case .unusable:
            guard let reason else { throw ReportDefect(field: "reason", problem: "is missing for an unusable recording") }
            try check.require(reason.code.isFinding, "reason.code", "is not for an inspector to give")
        }
    }

    private func validateFlags(_ check: ReportCheck) throws(ReportDefect) {
        try check.require(Set(flags.map(\.name)).count == flags.count, "flags", "name a finding twice")
        for flag in flags {
            let field = "flags.\(flag.name.rawValue)"
            try check.number(flag.value, "\(field).value", in: -1e15...1e15)
            try check.spans(flag.spans, "\(field).spans")
        }
    }
}
