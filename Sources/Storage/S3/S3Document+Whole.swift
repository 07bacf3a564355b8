import ForeignText
import NIOHTTP1

extension S3Document {
    /// The document of a successful answer.
    /// - Parameter root: The name of its outermost element.
    /// - Throws: ``S3Failure`` for an error, which a store may send although it has answered 200 already, for a document that was cut off, and for
    ///   anything else. What is missing in them is not known to be missing in the store.
    init(whole root: String, _ text: String) throws(S3Failure) {
        self.init(text)
        if text.holds("<\(root)>") || text.holds("<\(root) "), text.trimmed.ends(with: "</\(root)>") { return }
        if text.holds("<Error>"), let code = S3Refusal(status: 200, headers: [:], body: text).code {
            throw .refused(status: 200, code: code)
        }
        throw .broken("it answered with something else than its \(root), or with only a part of it")
    }
}
