output "policies" {
  description = "Upload policies here."
  value       = "obs://${huaweicloud_obs_bucket.ledger.bucket}/phonevault/policies/"
}

output "drive_urn" {
  value = huaweicloud_fgs_function.drive.urn
}

output "topic_urn" {
  value = huaweicloud_smn_topic.outcomes.topic_urn
}
