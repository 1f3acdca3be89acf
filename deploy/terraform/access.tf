locals {
  policy_dir     = "${path.module}/../iam"
  obs_statements = jsondecode(file("${local.policy_dir}/functions-obs.json")).Statement

  # The documents contain one archive bucket; here there may be several.
  functions_obs = {
    Version = "1.1"
    Statement = flatten([
      for statement in local.obs_statements : merge(statement, {
        Resource = distinct(flatten([
          for resource in statement.Resource : [
            for bucket in var.archive_buckets :
            replace(replace(resource, "LEDGER_BUCKET", var.ledger_bucket), "ARCHIVE_BUCKET", bucket)
          ]
        ]))
      })
    ])
  }

  cph_obs = {
    Version = "1.1"
    Statement = [
      for statement in jsondecode(file("${local.policy_dir}/cph-obs.json")).Statement : merge(statement, {
        Resource = distinct(flatten([
          for resource in statement.Resource : [
            for bucket in var.archive_buckets : replace(resource, "ARCHIVE_BUCKET", bucket)
          ]
        ]))
      })
    ]
  }
}

resource "huaweicloud_identity_role" "functions_project" {
  name        = "phonevault-functions-project"
  description = "What the functions of Phonevault do at CPH, SMN and FunctionGraph"
  type        = "XA"
  policy      = file("${local.policy_dir}/functions-project.json")
}

resource "huaweicloud_identity_role" "functions_obs" {
  name        = "phonevault-functions-obs"
  description = "What the functions of Phonevault do in the buckets"
  type        = "AX"
  policy      = jsonencode(local.functions_obs)
}

resource "huaweicloud_identity_role" "cph_obs" {
  name        = "phonevault-cph-obs"
  description = "CPH writes exports into the archive buckets"
  type        = "AX"
  policy      = jsonencode(local.cph_obs)
}

resource "huaweicloud_identity_agency" "functions" {
  name                   = "phonevault"
  description            = "The functions of Phonevault"
  delegated_service_name = "op_svc_cff"

  project_role {
    project = var.region
    roles   = [huaweicloud_identity_role.functions_project.name]
  }
  domain_roles = [huaweicloud_identity_role.functions_obs.name]
}

resource "huaweicloud_identity_agency" "cph" {
  name                   = var.cph_agency_name
  description            = "CPH writes exports into the archive buckets"
  delegated_service_name = "op_svc_cph"
  domain_roles           = [huaweicloud_identity_role.cph_obs.name]
}
