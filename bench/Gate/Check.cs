using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;

namespace Droptune.Bench.Gate;

/// <summary>Prints the report of a folder.</summary>
internal static class Check
{
    public static async Task RunAsync(string folder) =>
        Console.WriteLine(JsonSerializer.Serialize(await DatasetGate.CheckAsync("sample", DatasetFile.FromFolder(folder)), DroptuneJson.Readable));
}
