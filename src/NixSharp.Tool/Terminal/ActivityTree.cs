using System.Globalization;
using NixSharp.Flakes.Logs;
using Spectre.Console;

namespace NixSharp.Tool.Terminal;

/// <summary>A picture of what Nix does at a moment: sums on top, what runs below, the last line of a build under it.</summary>
internal static class ActivityTree
{
    private const int MaxShown = 12;

    /// <summary>Draws it.</summary>
    public static Tree Draw(NixActivities activities)
    {
        var tree = new Tree(Summary(activities).EscapeMarkup()) { Guide = TreeGuide.Line };
        var running = activities.GetRunning()
            .Where(static activity => activity.Level <= NixLogLevel.Info && Describe(activity).Length > 0)
            .ToList();
        foreach (var activity in running.Take(MaxShown))
        {
            var node = tree.AddNode(Describe(activity).EscapeMarkup());
            if (activity.LastLine is { Length: > 0 } line)
            {
                node.AddNode(new Text(line) { Overflow = Overflow.Ellipsis });
            }
        }

        if (running.Count > MaxShown)
        {
            tree.AddNode(string.Create(CultureInfo.InvariantCulture, $"and {running.Count - MaxShown} more"));
        }

        return tree;
    }

    private static string Summary(NixActivities activities)
    {
        var parts = new List<string>();
        Add("built", activities.Builds);
        Add("copied", activities.Copies);
        if (activities.Downloads is { Expected: > 0 } bytes)
        {
            parts.Add($"{ByteSize.Format(bytes.Done)} of {ByteSize.Format(bytes.Expected)} downloaded");
        }

        var failed = activities.Builds.Failed;
        if (failed > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{failed} failed"));
        }

        return parts.Count == 0 ? "nix" : string.Join(", ", parts);

        void Add(string what, NixActivityCount count)
        {
            if (count.Expected > 0)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count.Done} of {count.Expected} {what}"));
            }
        }
    }

    private static string Describe(NixActivity activity)
    {
        var text = activity.Type switch
        {
            NixActivityType.Build => $"building {activity.Name}",
            NixActivityType.Substitute => $"fetching {activity.Name}",
            NixActivityType.CopyPath => $"copying {activity.Name}",
            NixActivityType.FileTransfer => $"downloading {activity.Subject}",
            _ => activity.Text,
        };
        if (text.Length == 0)
        {
            return text;
        }

        var size = activity is { Expected: > 0, Type: NixActivityType.CopyPath or NixActivityType.FileTransfer }
            ? $" {ByteSize.Format(activity.Done)} of {ByteSize.Format(activity.Expected)}"
            : "";
        var place = activity.Place is { } where ? $" on {where}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{text}{place}{(activity.Phase is { } phase ? $" ({phase})" : "")}{size} {activity.Elapsed.TotalSeconds:0} s");
    }
}
