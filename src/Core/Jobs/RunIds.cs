using System.Security.Cryptography;
using Droptune.Core.Metrics;

namespace Droptune.Core.Jobs;

/// <summary>Names runs and model versions by their content, so that repeating a request repeats no work.</summary>
public static class RunIds
{
    /// <summary>
    /// The first 16 hex digits of SHA-256 over the spec without its id and trace context, as the first version wrote it: what
    /// waits or ran in an account keeps its id. An option that came later is null by default, and so adds nothing.
    /// </summary>
    public static string For(JobSpec spec)
    {
        var stop = spec.Optimisation.EarlyStopping;
        var written = spec with
        {
            RunId = null,
            Traceparent = null,
            Optimisation = spec.Optimisation with
            {
                EarlyStopping = stop?.Metric == MainScore.Name ? stop with { Metric = EarlyStopping.FirstName } : stop,
            },
        };
        var content = JsonSerializer.SerializeToUtf8Bytes(written, DroptuneJson.Compact);
        return Convert.ToHexStringLower(SHA256.HashData(content))[..16];
    }

    /// <summary>The version of the model that a run makes: the first 12 digits of its id.</summary>
    public static string ModelVersion(string runId) => runId[..12];
}
