using Microsoft.Playwright;

namespace Droptune.Pipeline.Tests.Ui;

/// <summary>What those need who have no mouse, or do not see the page.</summary>
internal static class Access
{
    private static readonly HashSet<string> Interactive =
        ["button", "checkbox", "combobox", "DisclosureTriangle", "link", "listbox", "meter", "option", "progressbar", "radio", "searchbox", "spinbutton", "tab", "textbox"];

    /// <summary>Every control has a name in the tree that the browser gives to screen readers.</summary>
    public static async Task AssertNamedAsync(this IPage page, string view)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        var tree = await session.SendAsync("Accessibility.getFullAXTree");
        var controls = tree!.Value.GetProperty("nodes").EnumerateArray()
            .Where(node => !node.GetProperty("ignored").GetBoolean() && Interactive.Contains(Text(node, "role"))).ToList();
        await session.DetachAsync();

        Assert.NotEmpty(controls);
        Assert.All(controls, node => Assert.False(string.IsNullOrWhiteSpace(Text(node, "name")), $"{view}: a {Text(node, "role")} has no name"));
    }

    /// <summary>The tab key reaches every control, and one sees where it is.</summary>
    public static async Task AssertReachableAsync(this IPage page, string view)
    {
        var count = await page.EvaluateAsync<int>("""
            () => {
              document.activeElement.blur();
              const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')];
              const open = all.filter(e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility());
              const seen = new Map();
              addEventListener('focusin', ({ target }) => {
                const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(target);
                seen.set(target, boxShadow !== 'none' || (outlineStyle !== 'none' && outlineWidth !== '0px'));
              });
              const nameOf = e => e.outerHTML.slice(0, 120);
              window.complaints = () => [
                ...open.filter(e => e.isConnected && !seen.has(e)).map(e => 'not reached: ' + nameOf(e)),
                ...[...seen].filter(([, isVisible]) => !isVisible).map(([e]) => 'focus not seen: ' + nameOf(e)),
              ];
              return open.length;
            }
            """);
        for (var i = 0; i < count + 2; i++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        var complaints = await page.EvaluateAsync<string[]>("complaints()");
        Assert.True(complaints.Length == 0, $"{view}: {string.Join("; ", complaints)}");
    }

    private static string Text(JsonElement node, string property) =>
        node.TryGetProperty(property, out var value) && value.TryGetProperty("value", out var text) ? text.GetString() ?? "" : "";
}
