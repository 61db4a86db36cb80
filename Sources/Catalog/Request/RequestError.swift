/// Why a body is no request that a job can be made of.
package enum RequestError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownCatalog(module: String, catalog: String)
    /// Everything wrong with the body, never empty.
    case faults([RequestFault])
    /// It fits its catalog, but not this tenant.
    case uncompilable(CompileError)

    package var description: String {
        switch self {
        case .unknownCatalog(let module, let catalog): "there is no catalog \(module)/\(catalog)"
        case .faults(let faults): faults.map { "\($0.field): \($0.message)" }.joined(separator: "; ")
        case .uncompilable(let error): error.description
        }
    }
}
