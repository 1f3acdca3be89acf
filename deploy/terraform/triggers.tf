resource "huaweicloud_fgs_function_trigger" "every_minute" {
  for_each = {
    drive    = huaweicloud_fgs_function.drive.urn
    schedule = huaweicloud_fgs_function.other["schedule"].urn
  }

  function_urn = each.value
  type         = "TIMER"
  status       = "ACTIVE"
  event_data = jsonencode({
    name          = "every-minute"
    schedule_type = "Rate"
    schedule      = "1m"
  })

  # The timer must not run before failures are reported.
  depends_on = [huaweicloud_fgs_async_invoke_configuration.drive]
}

# New and reset phones. Requires CTS in the region.
resource "huaweicloud_fgs_function_trigger" "new_phones" {
  function_urn = huaweicloud_fgs_function.other["event"].urn
  type         = "CTS"
  status       = "ACTIVE"
  event_data = jsonencode({
    name       = replace("${local.name}-phones", "-", "_")
    operations = ["${coalesce(var.cts_service_type, "CPH")}:phone:createCloudPhone;resetCloudPhone"]
  })
}

# The HTTP API, if there are callers. Phonevault authenticates them itself.
resource "huaweicloud_api_gateway_group" "http" {
  count = local.with_http ? 1 : 0

  name        = replace(local.name, "-", "_")
  description = "Phonevault's HTTP API, stage ${var.stage}"
}

resource "huaweicloud_fgs_function_trigger" "http" {
  count = local.with_http ? 1 : 0

  function_urn = huaweicloud_fgs_function.other["http"].urn
  type         = "APIG"
  status       = "ACTIVE"
  event_data = jsonencode({
    name       = replace("${local.name}-http", "-", "_")
    group_id   = huaweicloud_api_gateway_group.http[0].id
    env_name   = "RELEASE"
    env_id     = "DEFAULT_ENVIRONMENT_RELEASE_ID"
    type       = 1
    auth       = "NONE"
    protocol   = "HTTPS"
    req_method = "ANY"
    path       = "/v1"
    match_mode = "SWA"
    func_info  = { timeout = 60000 }
  })
}
