locals {
  name      = "phonevault-${var.stage}"
  with_http = nonsensitive(var.http_tokens != "" || var.webhook_secrets != "")

  functions = merge(
    {
      schedule = { memory = 256, retries = 2, age = 3600 }
      event    = { memory = 256, retries = 3, age = 86400 }
    },
    local.with_http ? { http = { memory = 512, retries = 2, age = 3600 } } : {},
  )

  settings = {
    PHONEVAULT_REGION     = var.region
    PHONEVAULT_PROJECT_ID = data.huaweicloud_identity_projects.here.projects[0].id
    PHONEVAULT_BUCKET     = var.ledger_bucket
    PHONEVAULT_PREFIX     = var.prefix
    PHONEVAULT_TOPIC_URN  = huaweicloud_smn_topic.outcomes.topic_urn
  }
}

data "huaweicloud_identity_projects" "here" {
  name = var.region
}

resource "huaweicloud_obs_bucket" "ledger" {
  count = var.create_ledger_bucket ? 1 : 0

  bucket = var.ledger_bucket
  acl    = "private"
}

resource "huaweicloud_smn_topic" "outcomes" {
  name         = local.name
  display_name = "Phonevault ${var.stage}"
}

# For failed functions; not the topic of the notifications.
resource "huaweicloud_smn_topic" "operators" {
  name         = "${local.name}-operators"
  display_name = "Phonevault ${var.stage} operators"
}

resource "huaweicloud_smn_subscription" "email" {
  for_each = {
    outcomes  = huaweicloud_smn_topic.outcomes.topic_urn
    operators = huaweicloud_smn_topic.operators.topic_urn
  }

  topic_urn = each.value
  protocol  = "email"
  endpoint  = var.email
}

# npm run build creates dist/
data "archive_file" "code" {
  for_each = toset(concat(["drive"], keys(local.functions)))

  type        = "zip"
  output_path = "${path.module}/.build/${each.key}.zip"

  source {
    filename = "${each.key}.js"
    content  = file("${path.module}/../../dist/${each.key}.js")
  }
  source {
    filename = "THIRD-PARTY-LICENSES.txt"
    content  = file("${path.module}/../../dist/THIRD-PARTY-LICENSES.txt")
  }
  source {
    filename = "LICENSE"
    content  = file("${path.module}/../../LICENSE")
  }
}

resource "huaweicloud_fgs_function" "drive" {
  name          = "${local.name}-drive"
  app           = "default"
  description   = "Drives the open runs"
  runtime       = var.runtime
  handler       = "drive.handler"
  memory_size   = var.drive_memory
  timeout       = 60
  code_type     = "zip"
  code_filename = "drive.zip"
  func_code     = filebase64(data.archive_file.code["drive"].output_path)
  agency        = huaweicloud_identity_agency.functions.name
  # Settings that are empty have a default.
  user_data = jsonencode({
    for name, value in merge(local.settings, {
      PHONEVAULT_KEEP_RUNS = var.keep_runs
    }) : name => value if value != ""
  })
}

resource "huaweicloud_fgs_function" "other" {
  for_each = local.functions

  name          = "${local.name}-${each.key}"
  app           = "default"
  runtime       = var.runtime
  handler       = "${each.key}.handler"
  memory_size   = each.value.memory
  timeout       = 60
  code_type     = "zip"
  code_filename = "${each.key}.zip"
  func_code     = filebase64(data.archive_file.code[each.key].output_path)
  agency        = huaweicloud_identity_agency.functions.name

  # Settings that are empty have a default.
  user_data = jsonencode({
    for name, value in merge(local.settings, {
      PHONEVAULT_DRIVE_URN        = huaweicloud_fgs_function.drive.urn
      PHONEVAULT_HEARTBEAT        = each.key == "schedule" ? var.heartbeat : ""
      PHONEVAULT_CTS_SERVICE_TYPE = each.key == "event" ? var.cts_service_type : ""
    }) : name => value if value != ""
  })
  encrypted_user_data = each.key == "http" ? jsonencode({
    for name, value in {
      PHONEVAULT_HTTP_TOKENS     = var.http_tokens
      PHONEVAULT_WEBHOOK_SECRETS = var.webhook_secrets
    } : name => value if value != ""
  }) : null
}

# drive: the next minute is the retry; an event older than a minute is useless.
resource "huaweicloud_fgs_async_invoke_configuration" "drive" {
  function_urn                   = huaweicloud_fgs_function.drive.urn
  max_async_event_age_in_seconds = 60
  max_async_retry_attempts       = 0

  on_failure {
    destination = "SMN"
    param       = jsonencode({ topic_urn = huaweicloud_smn_topic.operators.topic_urn })
  }
}

resource "huaweicloud_fgs_async_invoke_configuration" "other" {
  for_each = local.functions

  function_urn                   = huaweicloud_fgs_function.other[each.key].urn
  max_async_event_age_in_seconds = each.value.age
  max_async_retry_attempts       = each.value.retries

  on_failure {
    destination = "SMN"
    param       = jsonencode({ topic_urn = huaweicloud_smn_topic.operators.topic_urn })
  }
}
