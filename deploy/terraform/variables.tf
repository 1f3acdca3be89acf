variable "region" {
  description = "Region of the phones, and of functions, buckets and topics."
  type        = string
}

variable "stage" {
  description = "Part of the function names, as with the Serverless Framework. phonevault doctor expects prod."
  type        = string
  default     = "prod"
}

variable "ledger_bucket" {
  description = "Bucket for policies, runs and reports. Terraform creates it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.ledger_bucket))
    error_message = "3 to 63 of a-z, 0-9, - and ., with a letter or digit at both ends."
  }
}

variable "archive_buckets" {
  description = "Existing buckets for archives, in the same region. May contain the ledger bucket."
  type        = list(string)

  validation {
    condition     = length(var.archive_buckets) > 0
    error_message = "Name at least one bucket."
  }
}

variable "email" {
  description = "Receives notifications and alarms; must confirm two subscriptions."
  type        = string
}

variable "runtime" {
  description = "Node.js20.15, or Node.js18.15 in regions without it. A change recreates the functions."
  type        = string
  default     = "Node.js20.15"
}

variable "drive_memory" {
  description = "MB. 512 for fleets of thousands."
  type        = number
  default     = 512
}

variable "http_tokens" {
  description = "Callers of the API (PHONEVAULT_HTTP_TOKENS). If empty, the function http is not deployed."
  type        = string
  default     = ""
  sensitive   = true
}

variable "cph_agency_name" {
  description = "Name of CPH's agency. The name that CPH expects is not documented."
  type        = string
  default     = "cph-to-obs"
}

variable "cts_service_type" {
  description = "Name of CPH in CTS traces."
  type        = string
  default     = "CPH"
}
