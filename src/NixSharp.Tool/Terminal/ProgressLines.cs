namespace NixSharp.Tool.Terminal;

/// <summary>One line when something begins, for logs and pipes.</summary>
internal sealed class ProgressLines : IProgress<NixProgress>
{
    private readonly HashSet<(string Activity, string Item)> _seen = [];

    public void Report(NixProgress value)
    {
        lock (_seen)
        {
            if (_seen.Add((value.Activity, value.Item)))
            {
                Console.Error.WriteLine($"{value.Activity} {value.Item}");
            }
        }
    }
}
