terraform {
  required_version = ">= 1.5"

  required_providers {
    huaweicloud = {
      source  = "huaweicloud/huaweicloud"
      version = ">= 1.60.0"
    }
    archive = {
      source  = "hashicorp/archive"
      version = ">= 2.4.0"
    }
  }
}

# Credentials: HW_ACCESS_KEY and HW_SECRET_KEY.
provider "huaweicloud" {
  region = var.region
}
