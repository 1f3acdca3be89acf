terraform {
  required_providers {
    huaweicloud = {
      source = "huaweicloud/huaweicloud"
    }
  }
}

# Credentials: HW_ACCESS_KEY and HW_SECRET_KEY.
provider "huaweicloud" {
  region = "cn-north-4"
}

module "phonevault" {
  source = "../"

  region          = "cn-north-4"
  ledger_bucket   = "my-phonevault"
  archive_buckets = ["my-phone-backups"]
  email           = "me@example.com"
}

output "policies" {
  value = module.phonevault.policies
}

# eval "$(terraform output -raw environment)"
output "environment" {
  value = module.phonevault.environment
}
