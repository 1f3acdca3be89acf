variable "region" {
  description = "Region of the phones, and of functions, buckets and topics."
  type        = string
}

variable "stage" {
  description = "Part of all names, as with the Serverless Framework: phonevault-<stage>. phonevault doctor checks prod without --stage."
  type        = string
  default     = "prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.stage))
    error_message = "1 to 30 of a-z, 0-9 and -, a letter first."
  }
}

variable "prefix" {
  description = "Folder of the ledger in its bucket (PHONEVAULT_PREFIX). Two stages must not share bucket and folder."
  type        = string
  default     = "phonevault/"

  validation {
    condition     = can(regex("^([A-Za-z0-9_.-]+/)+$", var.prefix)) && !can(regex("(^|/)\\.{1,2}/", var.prefix))
    error_message = "Names of letters, digits, \".\", \"_\" and \"-\", each with a \"/\" after it; not \".\" or \"..\"."
  }
}

variable "ledger_bucket" {
  description = "Bucket for policies, runs and reports."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.ledger_bucket)) && !can(regex("[.-][.]|[.]-|^\\d+([.]\\d+){3}$", var.ledger_bucket))
    error_message = "3 to 63 of a-z, 0-9, - and ., with a letter or digit at both ends and around each dot, no IP address."
  }
}

variable "create_ledger_bucket" {
  description = "False if the ledger bucket exists already, such as that of another stage."
  type        = bool
  default     = true
}

variable "archive_buckets" {
  description = "Existing buckets for archives, in the same region. May contain the ledger bucket."
  type        = list(string)

  validation {
    condition     = length(var.archive_buckets) > 0
    error_message = "Name at least one bucket."
  }
  validation {
    condition     = alltrue([for name in var.archive_buckets : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name)) && !can(regex("[.-][.]|[.]-|^\\d+([.]\\d+){3}$", name))])
    error_message = "3 to 63 of a-z, 0-9, - and ., with a letter or digit at both ends and around each dot, no IP address."
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
  description = "MB. 512 for more than 10,000 phones (docs/scale.md)."
  type        = number
  default     = 256
}

variable "http_tokens" {
  description = "Callers of the API (PHONEVAULT_HTTP_TOKENS). Without callers and senders the function http is not deployed."
  type        = string
  default     = ""
  sensitive   = true
}

variable "webhook_secrets" {
  description = "Senders of Standard Webhooks (PHONEVAULT_WEBHOOK_SECRETS). Without callers and senders the function http is not deployed."
  type        = string
  default     = ""
  sensitive   = true
}

variable "heartbeat" {
  description = "Time of the daily message, such as 08:00 Asia/Shanghai (PHONEVAULT_HEARTBEAT). If empty, there is none."
  type        = string
  default     = ""
}

variable "keep_runs" {
  description = "How long drive keeps runs whole, such as 90d, its default (PHONEVAULT_KEEP_RUNS)."
  type        = string
  default     = ""
}

variable "select_by_tags" {
  description = "Grants the permission to find servers by tag, for select.server_tags. IAM may not know it: see deploy/iam."
  type        = bool
  default     = false
}

variable "cph_agency_name" {
  description = "Name of CPH's agency, one for the account. The name that CPH expects is not documented. Empty: it exists already."
  type        = string
  default     = "cph-to-obs"
}

variable "cts_service_type" {
  description = "Name of CPH in CTS traces (PHONEVAULT_CTS_SERVICE_TYPE). Empty: CPH, and event also knows its other spellings."
  type        = string
  default     = ""
}
