package enum Schema { package static let a = PackageResources._01_a_sql; package static let b = PackageResources.claim_job_sql }
