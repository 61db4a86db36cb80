import Identity
import Posix
import Testing

@Suite struct SubjectIDTests {
    @Test func `a subject that is a UUID is itself`() {
        let id = "550E8400-e29b-41d4-a716-446655440001"
        #expect(SubjectID.uuid(of: id, tenant: "acme").description == id.lowercased())
    }

    @Test func `another subject has one of version 5, the same each time and another in each tenant`() {
        let id = SubjectID.uuid(of: "demo", tenant: "acme")
        #expect(id == SubjectID.uuid(of: "demo", tenant: "acme"))
        let text = Array(id.description)
        #expect(text[14] == "5" && "89ab".contains(text[19]))
        let others = [("demo", "acm"), ("demo2", "acme"), ("edemo", "acm"), ("", "acmedemo")]
        for (subject, tenant) in others { #expect(SubjectID.uuid(of: subject, tenant: tenant) != id) }
    }
}
