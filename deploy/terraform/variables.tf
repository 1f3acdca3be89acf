variable "region" {
  description = "Where the phones are; functions, buckets and topics go there too."
  type        = string
}

variable "stage" {
  description = "Part of the functions' names, as with the Serverless Framework: phonevault doctor looks for prod."
  type        = string
  default     = "prod"
}

variable "ledger_bucket" {
  description = "The bucket of policies, runs and reports. It is created."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.ledger_bucket))
    error_message = "3 to 63 of a-z, 0-9 and -, no dots: their certificate would not fit."
  }
}

variable "archive_buckets" {
  description = "Existing buckets that policies export to, in the same region. The ledger's bucket may be among them."
  type        = list(string)

  validation {
    condition     = length(var.archive_buckets) > 0
    error_message = "Name at least one bucket."
  }
}

variable "email" {
  description = "Who is told of outcomes and of trouble; has to confirm two subscriptions."
  type        = string
}

variable "runtime" {
  description = "Node.js20.15, or Node.js18.15 where the region does not offer it. Changing it makes new functions."
  type        = string
  default     = "Node.js20.15"
}

variable "drive_memory" {
  description = "MB. 512 for fleets of thousands."
  type        = number
  default     = 512
}

variable "http_tokens" {
  description = "Who may call the API (PHONEVAULT_HTTP_TOKENS), or empty: then the function http is not deployed."
  type        = string
  default     = ""
  sensitive   = true
}

variable "cph_agency_name" {
  description = "The name that CPH's agency gets. Which name CPH wants is not documented."
  type        = string
  default     = "cph-to-obs"
}

variable "cts_service_type" {
  description = "How CTS calls CPH in its traces."
  type        = string
  default     = "CPH"
}
