using Droptune.Functions.Hosting.Local.Processes;
using Microsoft.Playwright;

namespace Droptune.Pipeline.Tests.Ui;

/// <summary>Pictures of the page at the sizes of a phone and a desk; kept in docs/images only where <c>DROPTUNE_SCREENSHOTS=1</c>.</summary>
internal static class Pictures
{
    private static readonly bool AreKept = Environment.GetEnvironmentVariable("DROPTUNE_SCREENSHOTS") == "1";
    private static readonly string[] Kept = ["run-desktop", "model-desktop", "correction-phone", "overview-zh-phone"]; // those that tell the story

    /// <summary>Looks at a view at both sizes: nothing may be wider than the window, and all can be used by keyboard.</summary>
    public static async Task TakeAsync(this IPage page, string name)
    {
        foreach (var (size, width, height) in new[] { ("phone", 390, 844), ("desktop", 1280, 800) })
        {
            await page.SetViewportSizeAsync(width, height);
            var excess = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
            Assert.True(excess <= 0, $"{name} is {excess} pixels too wide for a {size}");
            if (AreKept && Kept.Contains($"{name}-{size}"))
            {
                await page.ScreenshotAsync(new() { Path = System.IO.Path.Combine(RepositoryFolder.Path, "docs", "images", $"{name}-{size}.png") });
            }
        }

        await page.AssertNamedAsync(name);
        await page.AssertReachableAsync(name);
    }
}
