/// A role as people write it in a YAML file and load with `dailies role load`.
public struct RoleDefinition: Hashable, Sendable, Codable {
    public struct Question: Hashable, Sendable, Codable {
        /// How a weak (1), a fair (3) and a strong (5) answer sound.
        public struct Anchors: Hashable, Sendable, Codable {
            public var one: String
            public var three: String
            public var five: String

            public init(one: String, three: String, five: String) {
                self.one = one
                self.three = three
                self.five = five
            }

            enum CodingKeys: String, CodingKey {
                case one = "1"
                case three = "3"
                case five = "5"
            }
        }

        /// The question's name for programs; it stays when the wording changes.
        public var key: String
        /// What the candidate is asked.
        public var prompt: String
        /// What a reviewer listens for.
        public var keyPoints: [String]
        public var anchors: Anchors

        public init(key: String, prompt: String, keyPoints: [String], anchors: Anchors) {
            self.key = key
            self.prompt = prompt
            self.keyPoints = keyPoints
            self.anchors = anchors
        }

        enum CodingKeys: String, CodingKey {
            case key, prompt
            case keyPoints = "key_points"
            case anchors
        }
    }

    /// The role's name for programs.
    public var role: String
    public var title: String
    /// In the order in which they are asked.
    public var questions: [Question]

    public init(role: String, title: String, questions: [Question]) {
        self.role = role
        self.title = title
        self.questions = questions
    }
}
