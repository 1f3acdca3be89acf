output "policies" {
  description = "Upload policies here."
  value       = "obs://${var.ledger_bucket}/${var.prefix}policies/"
}

output "environment" {
  description = "Settings of the command line and of npx serverless: eval \"$(terraform output -raw environment)\""
  value = join("\n", [
    for name, value in merge(local.settings, {
      PHONEVAULT_OPERATORS_TOPIC_URN = huaweicloud_smn_topic.operators.topic_urn
      PHONEVAULT_AGENCY              = huaweicloud_identity_agency.functions.name
      PHONEVAULT_DRIVE_URN           = huaweicloud_fgs_function.drive.urn
    }) : "export ${name}='${value}'"
  ])
}

output "drive_urn" {
  value = huaweicloud_fgs_function.drive.urn
}

output "topic_urn" {
  value = huaweicloud_smn_topic.outcomes.topic_urn
}
