using System.Text.Json;
using Droptune.Core;
using Droptune.Core.Datasets;

namespace Droptune.Bench.Gate;

/// <summary>Prints the report of a folder.</summary>
internal static class Check
{
    public static async Task LoopAsync(string folder) { for (var i = 0; i < 12; i++) { using var p = System.Diagnostics.Process.GetCurrentProcess(); var t = p.TotalProcessorTime; await DatasetGate.CheckAsync("sample", DatasetFile.FromFolder(folder)); p.Refresh(); Console.WriteLine((p.TotalProcessorTime - t).TotalSeconds); } }

    public static async Task RunAsync(string folder) =>
        Console.WriteLine(JsonSerializer.Serialize(await DatasetGate.CheckAsync("sample", DatasetFile.FromFolder(folder)), DroptuneJson.Readable));
}
