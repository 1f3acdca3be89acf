# The documents of deploy/iam, for this stage, prefix and buckets.
locals {
  policy_dir = "${path.module}/../iam"

  documents = {
    for name in ["functions-project", "functions-obs", "functions-tags", "cph-obs"] :
    name => replace(
      replace(
        replace(file("${local.policy_dir}/${name}.json"), "STAGE", var.stage),
        "LEDGER_BUCKET", var.ledger_bucket
      ),
      "LEDGER_PREFIX", var.prefix
    )
  }

  # They contain one archive bucket; here there may be several.
  in_buckets = {
    for name in ["functions-obs", "cph-obs"] : name => jsonencode({
      Version = "1.1"
      Statement = [
        for statement in jsondecode(local.documents[name]).Statement : merge(statement, {
          Resource = distinct(flatten([
            for resource in statement.Resource : [
              for bucket in var.archive_buckets : replace(resource, "ARCHIVE_BUCKET", bucket)
            ]
          ]))
        })
      ]
    })
  }
}

resource "huaweicloud_identity_role" "functions_project" {
  name        = "${local.name}-functions-project"
  description = "What the functions of Phonevault do at CPH, SMN and FunctionGraph"
  type        = "XA"
  policy      = local.documents["functions-project"]
}

resource "huaweicloud_identity_role" "functions_tags" {
  count = var.select_by_tags ? 1 : 0

  name        = "${local.name}-functions-tags"
  description = "How the functions of Phonevault find servers by tag"
  type        = "XA"
  policy      = local.documents["functions-tags"]
}

resource "huaweicloud_identity_role" "functions_obs" {
  name        = "${local.name}-functions-obs"
  description = "What the functions of Phonevault do in the buckets"
  type        = "AX"
  policy      = local.in_buckets["functions-obs"]
}

resource "huaweicloud_identity_role" "cph_obs" {
  count = var.cph_agency_name == "" ? 0 : 1

  name        = "${local.name}-cph-obs"
  description = "CPH writes exports into the archive buckets"
  type        = "AX"
  policy      = local.in_buckets["cph-obs"]
}

resource "huaweicloud_identity_agency" "functions" {
  name                   = local.name
  description            = "The functions of Phonevault, stage ${var.stage}"
  delegated_service_name = "op_svc_cff"

  project_role {
    project = var.region
    roles = concat(
      [huaweicloud_identity_role.functions_project.name],
      huaweicloud_identity_role.functions_tags[*].name,
    )
  }
  domain_roles = [huaweicloud_identity_role.functions_obs.name]
}

resource "huaweicloud_identity_agency" "cph" {
  count = var.cph_agency_name == "" ? 0 : 1

  name                   = var.cph_agency_name
  description            = "CPH writes exports into the archive buckets"
  delegated_service_name = "op_svc_cph"
  domain_roles           = huaweicloud_identity_role.cph_obs[*].name
}
