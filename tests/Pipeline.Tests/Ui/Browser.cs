using Microsoft.Playwright;

namespace Droptune.Pipeline.Tests.Ui;

/// <summary>A browser that is installed on this machine; none is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>A name of this machine that looks like another one's.</summary>
    public const string OtherName = "elsewhere.test";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe", "msedge.exe"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Of <c>DROPTUNE_CHROMIUM</c>, or the first one in the PATH; null where none is installed.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable("DROPTUNE_CHROMIUM") is { Length: > 0 } given
        ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", $"--host-resolver-rules=MAP {OtherName} 127.0.0.1"], // as containers need it; the page is our own
        });
    }

    /// <summary>A new window; a test is skipped where there is no browser.</summary>
    public async Task<IPage> OpenAsync(string address, string language = "en")
    {
        Assert.SkipWhen(_browser is null, "No Chromium or Chrome is in the PATH; DROPTUNE_CHROMIUM can name one.");
        var page = await _browser!.NewPageAsync(new()
        {
            Locale = language,
            BaseURL = address,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = 1280, Height = 800 },
        });
        page.SetDefaultTimeout(60_000); // far beyond what is ever needed: only a failing test waits so long
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? default);
        _playwright?.Dispose();
    }
}
