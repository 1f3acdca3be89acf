# The dimension of SYS.FunctionGraph metrics is package-function. Raw data arrives every minute or every five, by region.
locals {
  alarms = {
    "${local.name}-drive-does-not-run" = { metric = "count", operator = "<", value = 1, count = 2 }
    "${local.name}-drive-fails"        = { metric = "failcount", operator = ">=", value = 3, count = 2 }
  }
}

resource "huaweicloud_ces_alarmrule" "drive" {
  for_each = local.alarms

  alarm_name           = each.key
  alarm_description    = "drive does not run: no backups until it does"
  alarm_type           = "MULTI_INSTANCE"
  alarm_action_enabled = true

  metric {
    namespace = "SYS.FunctionGraph"
  }

  resources {
    dimensions {
      name  = "package-functionname"
      value = "default-${huaweicloud_fgs_function.drive.name}"
    }
  }

  condition {
    metric_name         = each.value.metric
    period              = 300
    filter              = "sum"
    comparison_operator = each.value.operator
    value               = each.value.value
    unit                = "count"
    count               = each.value.count
    suppress_duration   = 3600
    alarm_level         = 2
  }

  alarm_actions {
    type              = "notification"
    notification_list = [huaweicloud_smn_topic.operators.topic_urn]
  }

  ok_actions {
    type              = "notification"
    notification_list = [huaweicloud_smn_topic.operators.topic_urn]
  }
}
