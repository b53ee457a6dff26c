using System.Text.Json.Serialization;

namespace Droptune.Core.Runs;

/// <summary>Where a run stands; written with a capital in tables and JSON.</summary>
public enum RunState
{
    [JsonStringEnumMemberName("Queued")]
    Queued,

    [JsonStringEnumMemberName("Running")]
    Running,

    [JsonStringEnumMemberName("Succeeded")]
    Succeeded,

    [JsonStringEnumMemberName("Failed")]
    Failed,

    [JsonStringEnumMemberName("Cancelled")]
    Cancelled,
}
