"""Source connectors: where exports come from, as pages of text cells. What they mean is staging's business."""
