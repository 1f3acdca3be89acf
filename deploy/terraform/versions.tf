terraform {
  required_version = ">= 1.5"

  required_providers {
    huaweicloud = {
      source = "huaweicloud/huaweicloud"
      # The first with huaweicloud_fgs_function_trigger.
      version = ">= 1.62.1"
    }
    archive = {
      source  = "hashicorp/archive"
      version = ">= 2.4.0"
    }
  }
}
